import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { stripTypes, warmStripCache } from './strip-cache.ts';

/** A text that no run before this one has stripped. */
const source = (): string => `export const a: number = ${Math.random()};\n`;

test('puts spaces in the place of types, so that every column stays', () => {
  const text = source();

  const stripped = stripTypes(text);

  expect(stripped).toBe(text.replace(': number', '        '));
  expect(stripTypes(text), 'from the cache').toBe(stripped);
});

test('throws for what is not TypeScript, and keeps nothing of it', () => {
  const broken = `const ((( = ${Math.random()}`;

  expect(() => stripTypes(broken)).toThrow(SyntaxError);
  expect(() => stripTypes(broken)).toThrow(SyntaxError);
});

test('warming passes over files that are broken or gone', () => {
  expect(() => warmStripCache(['/nowhere/at-all.ts', import.meta.filename])).not.toThrow();
  expect(stripTypes(readFileSync(import.meta.filename, 'utf8'))).toContain('warmStripCache');
});

test('says nothing on the screen of the learner', () => {
  const module = fileURLToPath(new URL('strip-cache.ts', import.meta.url));
  const script = `import { stripTypes } from ${JSON.stringify(module)}; stripTypes(${JSON.stringify(source())});`;

  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
