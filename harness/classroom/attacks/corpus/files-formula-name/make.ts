import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';

export async function make({ directory, student, kata, answer, words }: any): Promise<void> {
  const own = `${directory}/${student}/${kata}`;
  for (const name of ['=cmd|calc', '+SUM(1)', '-A1', '@SUM(A1)']) {
    mkdirSync(`${directory}/${name}/${kata}`, { recursive: true });
    writeFileSync(`${directory}/${name}/${kata}/three-fetches.ts`, answer);
  }
}
