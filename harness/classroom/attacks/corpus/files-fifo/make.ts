import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

export async function make({ directory, student, kata, answer, words }: any): Promise<void> {
  const own = `${directory}/${student}/${kata}`;
  mkdirSync(own, { recursive: true });
  execFileSync('mkfifo', [`${own}/three-fetches.ts`]);
}
