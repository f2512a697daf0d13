import { expect, test } from 'vitest';
import { runCommand } from './fixtures/run-command.ts';

test.each([
  ['solutions-branch', 'solutions:branch'],
  ['edition', 'edition'],
])('%s --help tells its use in 80 columns', (program, script) => {
  const { status, stdout } = runCommand([program, '--help']);

  expect(status).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: npm run ${script}\\b`));
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test.each([
  [['solutions-branch', '--ref', 'main'], "Unknown option '--ref'"],
  [['solutions-branch', '03'], 'Expected no word, got "03".\n'],
  [['edition'], 'Expected either --out <folder> or --branch.\n'],
  [['edition', '--out', 'a', '--branch'], 'Expected either --out <folder> or --branch.\n'],
  [['edition', '--out', ''], 'Expected the name of a folder behind --out.\n'],
  [['edition', '--out', 'a', '--force'], 'Expected --check only with --out, and --force only'],
  [['edition', '--branch', '--check'], 'Expected --check only with --out, and --force only'],
  [['edition', 'a'], 'Expected no word, got "a".\n'],
])('%j is wrong usage, told in one line', (words, message) => {
  const { status, stdout, stderr } = runCommand(words);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});
