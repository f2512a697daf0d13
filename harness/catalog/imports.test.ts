import { expect, test } from 'vitest';
import { findImports } from './imports.ts';

test.each([
  ["import { request } from 'undici';", 'undici', false],
  ["import fastify, { type FastifyInstance } from 'fastify';", 'fastify', false],
  ["import {\n  one,\n  two,\n} from 'undici';", 'undici', false],
  ["import type { Agent } from 'undici';", 'undici', true],
  ["import * as fs from 'node:fs';", 'node:fs', false],
  ["import './side-effect.ts';", './side-effect.ts', false],
  ["export { one } from './other.ts';", './other.ts', false],
  ["export * from './other.ts';", './other.ts', false],
  ["const fs = await import('node:fs');", 'node:fs', false],
  ["const fs = require('node:fs');", 'node:fs', false],
  ["process.getBuiltinModule('node:fs')", 'node:fs', false],
])('finds the module of %j', (source, module, typeOnly) => {
  expect(findImports(source)).toEqual([{ module, typeOnly, line: 1 }]);
});

test('finds nothing in code that only talks of imports', () => {
  const source =
    "export const text = 'undici';\nconst from = important('undici');\nexport type Name = 'a';";

  expect(findImports(source)).toEqual([]);
});

test('names the line of each import', () => {
  const source =
    "// Why\nimport a from 'a';\n\nexport async function b() {\n  await import('c');\n}\n";

  expect(findImports(source).map(({ module, line }) => [module, line])).toEqual([
    ['a', 2],
    ['c', 5],
  ]);
});
