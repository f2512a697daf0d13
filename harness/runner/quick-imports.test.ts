import { globSync, readFileSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { projectRoot } from '../trace/source-location.ts';
import { quickImport } from './quick-imports.ts';

const relativeImport = /(?:from|import|require\()\s*['"](?<specifier>\.[^'"]+)['"]/g;

test.each([
  'harness/**/*.ts',
  'node_modules/vitest/dist/**/*.js',
  'node_modules/vite/dist/**/*.js',
  'node_modules/rolldown/dist/**/*.mjs',
  'node_modules/undici/**/*.js',
])('what the files of %s import is where Node finds it', (pattern) => {
  let found = 0;
  for (const file of globSync(pattern, { cwd: projectRoot })) {
    const parent = path.join(projectRoot, file);
    const require = createRequire(parent);
    for (const { groups } of readFileSync(parent, 'utf8').matchAll(relativeImport)) {
      const specifier = groups!['specifier']!;
      const quick = quickImport(specifier, pathToFileURL(parent).href);
      if (quick === null) continue;
      const wanted = resolved(require, specifier);
      // Stands in a comment, or in the text of a test.
      if (wanted === null) continue;
      found += 1;
      expect(quick.url, `${specifier} in ${file}`).toBe(pathToFileURL(wanted).href);
      expect(quick.format, `The kind of ${wanted}`).toBe(formatOf(wanted));
    }
  }

  expect(found).toBeGreaterThan(5);
});

test.each([
  ['a package', 'undici', 'harness/index.ts'],
  ['a file of a folder that is not known', './client.ts', 'katas/03-three-fetches/x.ts'],
  ['a folder', './lib/web/fetch', 'node_modules/undici/index.js'],
  ['a file of another kind', './package.json', 'node_modules/undici/index.js'],
])('leaves %s to Node', (_what, specifier, parent) => {
  expect(quickImport(specifier, pathToFileURL(path.join(projectRoot, parent)).href)).toBeNull();
});

function resolved(require: NodeJS.Require, specifier: string): string | null {
  try {
    return require.resolve(specifier);
  } catch {
    return null;
  }
}

function formatOf(file: string): string {
  if (file.endsWith('.ts')) return 'module-typescript';
  if (file.endsWith('.mjs')) return 'module';
  const { type } = JSON.parse(readFileSync(findPackageJSON(pathToFileURL(file))!, 'utf8')) as {
    type?: string;
  };
  return type === 'module' ? 'module' : 'commonjs';
}
