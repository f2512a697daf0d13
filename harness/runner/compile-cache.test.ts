import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pruneCompileCache } from './compile-cache.ts';

const run = promisify(execFile);
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

test('removes what a run that was ended amid it has left', () => {
  fill('v26', 1);
  fill('v26.123.old', 1);

  pruneCompileCache(folder, 10);

  expect(readdirSync(folder)).toEqual(['v26']);
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

test('empties it once where several processes do so at the same moment, while others write to it', async () => {
  fill('v26', 200);
  const script = `
    import { writeFileSync } from 'node:fs';
    import { pruneCompileCache } from ${JSON.stringify(new URL('compile-cache.ts', import.meta.url).href)};
    for (let round = 0; round < 100; round += 1) {
      try { writeFileSync(${JSON.stringify(path.join(folder, 'v26'))} + '/' + process.pid + '-' + round, ''); } catch {}
      pruneCompileCache(${JSON.stringify(folder)}, 5);
    }`;
  const runs = Array.from({ length: 4 }, () =>
    run(process.execPath, ['--input-type=module', '--eval', script]),
  );

  const outputs = await Promise.all(runs);

  expect(outputs.map(({ stderr }) => stderr)).toEqual(['', '', '', '']);
  pruneCompileCache(folder, 0);
  expect(readdirSync(path.join(folder, 'v26'))).toEqual([]);
});
