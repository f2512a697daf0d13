import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { linkSync } from 'node:fs';

export async function make({ directory, student, kata, answer, words }: any): Promise<void> {
  const own = `${directory}/${student}/${kata}`;
  mkdirSync(own, { recursive: true });
  try {
    linkSync(`${words['%OUTSIDE%']}/marker.txt`, `${own}/three-fetches.ts`);
  } catch {
    linkSync(`${words['%BESIDE%']}/marker.txt`, `${own}/three-fetches.ts`);
  }
}
