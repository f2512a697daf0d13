import { mkdirSync, writeFileSync } from 'node:fs';

export async function make({ directory, student, kata, answer }: any): Promise<void> {
  const own = `${directory}/${student}/${kata}`;
  mkdirSync(own, { recursive: true });
  const nested = '['.repeat(50_000) + ']'.repeat(50_000);
  writeFileSync(`${own}/three-fetches.ts`, `${answer}\nexport const nested = ${nested};\nprocess.exit();\n`);
}
