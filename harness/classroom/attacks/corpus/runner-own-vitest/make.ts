import { mkdirSync, writeFileSync } from 'node:fs';

export function make({ directory, student, kata, answer }: any): void {
  for (const place of ['', 'node_modules/vitest/', `${kata}/node_modules/vitest/`]) {
    mkdirSync(`${directory}/${student}/${place}`, { recursive: true });
    writeFileSync(`${directory}/${student}/${place}package.json`, '{ "name": "vitest", "type": "module", "exports": "./index.js" }');
    writeFileSync(`${directory}/${student}/${place}index.js`, 'export const test = () => {}; process.exit(0);');
  }
  writeFileSync(`${directory}/${student}/${kata}/three-fetches.ts`, answer);
}
