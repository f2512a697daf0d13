import { expect, test } from 'vitest';
import { learnersManifest } from './learners-manifest.ts';

const devDependencies = { '@types/far': '1', '@types/tool': '1', near: '1', node: '1', tool: '1' };
const manifest = {
  name: 'katas',
  scripts: { test: 'a', bench: 'b' },
  devDependencies,
};
const lockfile = {
  packages: {
    '': { devDependencies },
    'node_modules/@types/far': {},
    'node_modules/@types/tool': {},
    'node_modules/far': {},
    'node_modules/near': { dependencies: { far: '1' } },
    'node_modules/node': {},
    'node_modules/tool': {},
  },
};

test('keeps the packages that a source names, with the types of what they bring, and the scripts that there are', () => {
  const sources = ["import { a } from 'near/deep';", '// A tool: this is no name of a package.'];

  const cut = learnersManifest(manifest, lockfile, { scripts: new Set(['test']), sources });

  expect(cut.manifest).toEqual({
    name: 'katas',
    scripts: { test: 'a' },
    devDependencies: { '@types/far': '1', near: '1', node: '1' },
  });
  expect(Object.keys(cut.lockfile.packages)).toEqual([
    '',
    'node_modules/@types/far',
    'node_modules/far',
    'node_modules/near',
    'node_modules/node',
  ]);
});
