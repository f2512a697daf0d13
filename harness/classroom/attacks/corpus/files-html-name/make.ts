import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';

export async function make({ directory, student, kata, answer, words }: any): Promise<void> {
  const own = `${directory}/${student}/${kata}`;
  const name = '<img src=x onerror=alert(1)>';
  mkdirSync(`${directory}/${name}/${kata}`, { recursive: true });
  writeFileSync(`${directory}/${name}/${kata}/three-fetches.ts`, answer);
}
