import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';

export async function make({ directory, student, kata, answer, words }: any): Promise<void> {
  const own = `${directory}/${student}/${kata}`;
  mkdirSync(`${directory}/\u001b[2J\u001b[31mpass\u001b]0;owned\u0007/${kata}`, { recursive: true });
  writeFileSync(`${directory}/\u001b[2J\u001b[31mpass\u001b]0;owned\u0007/${kata}/three-fetches.ts`, answer);
}
