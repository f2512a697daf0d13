import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';

export async function make({ directory, student, kata, answer, words }: any): Promise<void> {
  const own = `${directory}/${student}/${kata}`;
  mkdirSync(`${directory}/${student}/${'d/'.repeat(500)}${kata}`, { recursive: true });
  writeFileSync(`${directory}/${student}/${'d/'.repeat(500)}${kata}/three-fetches.ts`, answer);
}
