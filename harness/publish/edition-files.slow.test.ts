import { spawnSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findImports } from '../catalog/imports.ts';
import { kataIds } from '../catalog/kata.ts';
import { collectStarters, readStarters } from '../learner/starters.ts';
import { projectRoot } from '../trace/source-location.ts';
import { checkDocs } from '../verify/check-docs.ts';
import { collectEdition } from './edition-files.ts';
import type { EditionFiles } from './edition-files.ts';
import { makeFolder } from './fixtures/made-repository.ts';
import { writeEdition } from './write-edition.ts';

/** The edition of this checkout; katas that are still being written have their starter as it is. */
function collect(): EditionFiles {
  return collectEdition(projectRoot, { ...collectStarters(), ...readStarters() });
}

function manifestOf(files: EditionFiles) {
  return JSON.parse(files.get('package.json')!.toString()) as {
    scripts: Record<string, string>;
    devDependencies: Record<string, string>;
  };
}

test('holds every kata, and nothing that is for teachers', () => {
  const names = [...collect().keys()];

  expect(new Set(names.flatMap((name) => /^katas\/([^/]+)\//.exec(name)?.[1] ?? []))).toEqual(
    new Set(kataIds()),
  );
  const teachers =
    /^(?:solutions|\.github|\.ci)\/|\.test\.ts$|^harness\/(?:.*fixtures|verify|bench|publish|classroom|demo)/;
  expect(names.filter((name) => teachers.test(name))).toEqual([]);
  expect(names).not.toContain('harness/cli/verify.ts');
});

test('hands out the kept starter, whatever stands in the checkout', () => {
  const kept = readStarters();
  const starters = { ...kept, '03-three-fetches': { 'three-fetches.ts': '// TODO\n' } };

  const files = collectEdition(projectRoot, { ...collectStarters(), ...starters });

  expect(files.get('katas/03-three-fetches/three-fetches.ts')).toBe('// TODO\n');
});

test('refuses a kata whose starter is not kept: it may be an answer', () => {
  const { '03-three-fetches': _, ...others } = { ...collectStarters(), ...readStarters() };

  expect(() => collectEdition(projectRoot, others)).toThrow(
    'The starter katas/03-three-fetches/three-fetches.ts is not kept yet; run `npm run starters` while it holds no answer.',
  );
});

test('lacks no file that another one imports, and no package', () => {
  const files = collect();
  const { devDependencies } = manifestOf(files);

  const missing = [...files].flatMap(([file, content]) => {
    if (!/\.[jt]s$/.test(file)) return [];
    const lines = content.toString().split('\n');
    return (
      findImports(content.toString())
        .filter(({ line }) => !/^\s*(?:\*|\/\/)/.test(lines[line - 1]!))
        .filter(({ module }) => !module.startsWith('node:') && module !== '#harness')
        // In a text that a program makes.
        .filter(({ module }) => !module.includes('${'))
        .filter(({ module }) => {
          if (module.startsWith('.')) return !files.has(path.posix.join(file, '..', module));
          return !devDependencies[module.split('/', module.startsWith('@') ? 2 : 1).join('/')];
        })
        .map(({ module }) => `${file}: ${module}`)
    );
  });

  expect(missing).toEqual([]);
});

test('has a program for each of its scripts', () => {
  const files = collect();

  for (const script of Object.values(manifestOf(files).scripts)) {
    const program = /^node (?:--\S+ )*harness\/cli\/main\.js ([\w-]+)$/.exec(script)?.[1];
    expect(files.has(`harness/cli/${program}.ts`)).toBe(true);
  }
});

test('shows in its documents only commands and files that it has', async () => {
  const out = path.join(makeFolder(), 'students');
  await writeEdition(collect(), { root: projectRoot, out });

  const { checks } = await checkDocs(out);

  expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
});

test('asks for its packages, then judges a kata, and is no checkout from which an edition could be made', async () => {
  const out = path.join(makeFolder(), 'students');
  await writeEdition(collect(), { root: projectRoot, out });
  const { KATAS_FROM: _, ...env } = process.env;
  const run = (...words: string[]) =>
    spawnSync(process.execPath, [path.join('harness', 'cli', 'main.js'), ...words], {
      cwd: out,
      env: { ...env, NO_COLOR: '1' },
      encoding: 'utf8',
    });

  expect(run('next')).toMatchObject({
    status: 2,
    stderr: 'The packages that the katas need are not installed here. Run `npm ci`.\n',
  });
  symlinkSync(path.join(projectRoot, 'node_modules'), path.join(out, 'node_modules'), 'junction');
  expect(run('test', 'katas/03').stdout).toMatch(/^ \d of 8 green\.$/m);
  expect(run('progress').status).toBe(0);
  expect(existsSync(path.join(out, 'harness', 'cli', 'edition.ts'))).toBe(false);
  expect(() => collectEdition(out, readStarters())).toThrow("is a students' edition already");
});
