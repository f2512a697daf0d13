import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findImports } from './catalog/imports.ts';
import { judgingFolders } from './verify/known-verdicts.ts';

const harness = import.meta.dirname;

test('folders of the harness import in one direction only', () => {
  expect(findCycle(importsOfFolders())).toEqual([]);
});

test('what judges an answer imports nothing of the rest, whose changes leave verdicts as they are', () => {
  const judging: ReadonlySet<string> = new Set(judgingFolders);
  const imports = importsOfFolders();

  expect([...judging].filter((folder) => !imports.has(folder))).toEqual([]);
  const others = [...judging].flatMap((folder) =>
    [...imports.get(folder)!].filter((other) => !judging.has(other)),
  );
  expect(others).toEqual([]);
});

test('a cycle of folders is found', () => {
  const imports = new Map([
    ['world', new Set(['clock', 'trace'])],
    ['clock', new Set(['trace'])],
    ['trace', new Set(['world'])],
  ]);

  expect(findCycle(imports)).toEqual(['world', 'clock', 'trace', 'world']);
});

/** For each folder, those whose modules its own import; tests may look wherever they like. */
function importsOfFolders(): Map<string, Set<string>> {
  const imports = new Map<string, Set<string>>();
  for (const name of readdirSync(harness, { recursive: true, encoding: 'utf8' })) {
    const [folder = '', ...rest] = name.split(path.sep);
    const isModule = rest.length > 0 && name.endsWith('.ts') && !name.endsWith('.test.ts');
    if (!isModule || rest.includes('fixtures') || rest.includes('corpus')) continue;
    const found = imports.get(folder) ?? new Set<string>();
    imports.set(folder, found);
    for (const { module } of findImports(readFileSync(path.join(harness, name), 'utf8'))) {
      if (!module.startsWith('..')) continue;
      const [other = ''] = path.join(path.dirname(name), module).split(path.sep);
      if (other !== folder && other !== '..') found.add(other);
    }
  }
  return imports;
}

/** The first way that leads back to where it began; empty where there is none. */
function findCycle(imports: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const done = new Set<string>();
  const follow = (folder: string, way: readonly string[]): string[] => {
    if (way.includes(folder)) return [...way.slice(way.indexOf(folder)), folder];
    if (done.has(folder)) return [];
    for (const next of imports.get(folder) ?? []) {
      const cycle = follow(next, [...way, folder]);
      if (cycle.length > 0) return cycle;
    }
    done.add(folder);
    return [];
  };
  for (const folder of imports.keys()) {
    const cycle = follow(folder, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
