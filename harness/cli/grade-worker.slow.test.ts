import { expect, test } from 'vitest';
import { runCommand } from './fixtures/run-command.ts';

function worker(...words: string[]) {
  return runCommand(['grade-worker', ...words]);
}

test('npm run grade:worker -- --help tells its use in 80 columns', () => {
  const { status, stdout } = worker('--help');

  expect(status).toBe(0);
  expect(stdout).toMatch(/^Usage: npm run grade:worker -- --queue /);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test.each([
  [[], 2, 'Expected the address of a Redis server behind --queue.'],
  [['--queue', 'redis://127.0.0.1', '--jobs', '0'], 2, 'Expected --jobs to be a whole number'],
  [['--queue', 'redis://127.0.0.1', 'class'], 2, 'Expected options only, got "class".'],
  [['--queue', 'localhost'], 2, 'Expected --queue to be an address such as'],
  [['--queue', 'redis://127.0.0.1:1'], 3, 'Expected a Redis server at redis://127.0.0.1:1, got'],
])('%j cannot start, told in one line', (words, code, message) => {
  const { status, stdout, stderr } = worker(...words);

  expect({ status, stdout }).toEqual({ status: code, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr.trimEnd()).not.toContain('\n');
});
