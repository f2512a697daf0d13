import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pruneCompileCache } from './compile-cache.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'compile-cache-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('empties only the version that holds too many files', () => {
  fill('v26-old', 11);
  fill('v26-new', 10);

  pruneCompileCache(folder, 10);

  expect(readdirSync(folder)).toEqual(['v26-new', 'v26-old']);
  expect(readdirSync(path.join(folder, 'v26-old'))).toEqual([]);
  expect(readdirSync(path.join(folder, 'v26-new'))).toHaveLength(10);
});

test('finds nothing to do before the first run', () => {
  expect(() => pruneCompileCache(path.join(folder, 'none'), 0)).not.toThrow();
});

function fill(version: string, files: number): void {
  mkdirSync(path.join(folder, version));
  for (let file = 0; file < files; file += 1) {
    writeFileSync(path.join(folder, version, String(file)), '');
  }
}
