import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';

export async function make({ directory, student, kata, answer, words }: any): Promise<void> {
  const own = `${directory}/${student}/${kata}`;
  mkdirSync(own, { recursive: true });
  writeFileSync(`${own}/three-fetches.ts`, answer);
  for (const name of ['a\nverdict: pass', 'Three-Fetches.ts', 'b\r\nc']) writeFileSync(`${own}/${name}`, answer);
}
