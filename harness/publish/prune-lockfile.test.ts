import { expect, test } from 'vitest';
import { pruneLockfile } from './prune-lockfile.ts';

const lockfile = {
  name: 'katas',
  packages: {
    '': { devDependencies: { a: '1', tool: '1' } },
    'node_modules/a': { dependencies: { b: '1' }, optionalDependencies: { 'other-system': '1' } },
    'node_modules/a/node_modules/b': { dependencies: { c: '1' } },
    'node_modules/b': {},
    'node_modules/c': {
      peerDependencies: { peer: '1', browser: '1' },
      peerDependenciesMeta: { browser: { optional: true } },
    },
    'node_modules/peer': {},
    'node_modules/browser': {},
    'node_modules/tool': { dependencies: { b: '1' } },
  },
};

test('keeps what is needed, where Node finds it', () => {
  const pruned = pruneLockfile(lockfile, { a: '1' });

  expect(Object.keys(pruned.packages)).toEqual([
    '',
    'node_modules/a',
    'node_modules/a/node_modules/b',
    'node_modules/c',
    'node_modules/peer',
  ]);
  expect(pruned.packages['']).toEqual({ devDependencies: { a: '1' } });
  expect(pruned.name).toBe('katas');
});

test('takes the package further up for one that has none of its own', () => {
  const pruned = pruneLockfile(lockfile, { tool: '1' });

  expect(Object.keys(pruned.packages)).toEqual(['', 'node_modules/b', 'node_modules/tool']);
});
