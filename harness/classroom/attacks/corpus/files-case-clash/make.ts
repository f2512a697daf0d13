import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';

export async function make({ directory, student, kata, answer, words }: any): Promise<void> {
  const own = `${directory}/${student}/${kata}`;
  mkdirSync(own, { recursive: true });
  writeFileSync(`${own}/Three-Fetches.ts`, 'process.exit(0)');
  writeFileSync(`${own}/three-fetches.TS`, 'process.exit(0)');
  writeFileSync(`${own}/three-fetches.ts`, answer);
}
