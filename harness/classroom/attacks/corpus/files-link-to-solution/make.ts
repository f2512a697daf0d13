import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';

export async function make({ directory, student, kata, answer, words }: any): Promise<void> {
  const own = `${directory}/${student}/${kata}`;
  mkdirSync(own, { recursive: true });
  symlinkSync(`${words['%PROJECT%']}/solutions/${kata}/three-fetches.ts`, `${own}/three-fetches.ts`);
}
