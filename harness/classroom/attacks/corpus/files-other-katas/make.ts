import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';

export async function make({ directory, student, kata, answer, words }: any): Promise<void> {
  const own = `${directory}/${student}/${kata}`;
  for (const name of ['solutions', 'harness', 'katas']) {
    mkdirSync(`${directory}/${student}/${name}/${kata}`, { recursive: true });
    writeFileSync(`${directory}/${student}/${name}/${kata}/three-fetches.ts`, name === 'katas' ? answer : 'process.exit(0)');
  }
}
