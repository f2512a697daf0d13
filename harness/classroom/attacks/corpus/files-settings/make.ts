import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';

export async function make({ directory, student, kata, answer, words }: any): Promise<void> {
  const own = `${directory}/${student}/${kata}`;
  mkdirSync(own, { recursive: true });
  writeFileSync(`${own}/three-fetches.ts`, answer);
  for (const folder of [own, `${directory}/${student}`, directory])
    for (const name of ['.npmrc', 'package.json', 'vitest.config.ts', 'tsconfig.json', '.env', 'kata.json', 'three-fetches.spec.ts']) writeFileSync(`${folder}/${name}`, 'process.exit(0)');
}
