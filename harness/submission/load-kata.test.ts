import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { kata } from './load-kata.ts';

/** Loads `source` as a kata's file, and gives what became of it. */
async function loadSource(source: string): Promise<{ module: unknown; error: unknown }> {
  const directory = mkdtempSync(path.join(tmpdir(), 'load-kata-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = path.join(directory, 'sum.ts');
  writeFileSync(file, source);
  const url = pathToFileURL(file).href;
  const importer = (): Promise<object> => import(url);
  importer.toString = () => "() => import('./sum.ts')";
  return kata(importer)().then(
    (module) => ({ module, error: null }),
    (error: unknown) => ({ module: null, error }),
  );
}

test('gives the exports of the file', async () => {
  const { module } = await loadSource('export const one: number = 1;');

  expect((module as { one: number }).one).toBe(1);
});

test('names an export that is missing when it is asked for', async () => {
  const { module } = await loadSource('export const one = 1;');

  expect(() => (module as { two: number }).two).toThrow(
    'sum.ts does not export `two`. The section "Contract" of the kata\'s README says what it is.',
  );
});

test('tells where a file does not parse', async () => {
  const { error } = await loadSource('export const a = 1;\nexport function (((\n');

  expect(error).toMatchObject({ kind: 'import', location: { line: 2 } });
  expect((error as Error).message).toMatch(/^sum\.ts cannot be read as TypeScript: /);
});

test.for([
  ['class A { constructor(private b: number) {} }', 'parameter property', 'this.name = name'],
  ['enum A { b }', 'enum', 'as const'],
  ['namespace A { export const b = 1 }', 'namespace', 'an object'],
  ['import a = require("b");', 'import equals', 'import … from'],
  ['export = 4;', 'export assignment', 'export default'],
  ['module A { export const b = 1 }', 'module', 'more than a type'],
])('tells what to write in place of %s', async ([source, what, instead]) => {
  const { error } = await loadSource(`const c = 1;\n${source}\n`);

  expect(error).toMatchObject({ kind: 'import', location: { line: 2 } });
  const { message } = error as Error;
  expect(message).toMatch(/^sum\.ts cannot be run by Node as it is: /);
  expect(message).toContain(what);
  expect(message).toContain(instead);
});

test('tells what a file threw while it was loaded, and where', async () => {
  const { error } = await loadSource('const a = 1;\nthrow new TypeError("no key " + a);\n');

  expect(error).toMatchObject({
    kind: 'import',
    location: { line: 2 },
    message:
      'sum.ts threw while it was loaded, before any of its functions was called: TypeError: no key 1',
  });
});

test('tells of a value that is thrown in place of an error', async () => {
  const { error } = await loadSource('throw "nothing";');

  expect(error).toMatchObject({
    kind: 'import',
    message: 'sum.ts threw a value while it was loaded: nothing.',
  });
});

test('names a package that is not there', async () => {
  const { error } = await loadSource('import left from "left-pad-of-yesterday"; export { left };');

  expect(error).toMatchObject({
    kind: 'import',
    message: "sum.ts imports something that is not there: 'left-pad-of-yesterday'.",
  });
});
