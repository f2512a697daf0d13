import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';

export async function make({ directory, student, kata, answer, words }: any): Promise<void> {
  const own = `${directory}/${student}/${kata}`;
  mkdirSync(`${directory}/${student}`, { recursive: true });
  symlinkSync(`${directory}/ada/${kata}`, own);
}
