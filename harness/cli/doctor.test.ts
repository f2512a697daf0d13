import { expect, test } from 'vitest';
import { runCommand } from './fixtures/run-command.ts';

test('npm run doctor -- --help tells its use in 80 columns', () => {
  const { status, stdout } = runCommand(['doctor', '--help']);

  expect(status).toBe(0);
  expect(stdout).toMatch(/^Usage: npm run doctor\n/);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('has a line for everything that it looks at, and ends with 1 only where one is wrong', () => {
  const { status, stdout, stderr } = runCommand(['doctor']);

  const lines = stdout.split('\n').filter((line) => /^ [✓!✗] /.test(line));
  expect(lines.map((line) => line.split(/\s+/)[2])).toEqual([
    'Node',
    'packages',
    'git',
    'network',
    'cores',
    'memory',
    '.kata',
    'noise',
  ]);
  expect(status).toBe(lines.some((line) => line.startsWith(' ✗')) ? 1 : 0);
  expect(stderr).toBe('');
});

test('a word is wrong usage, told in one line', () => {
  const { status, stderr } = runCommand(['doctor', '03']);

  expect({ status, stderr }).toEqual({ status: 2, stderr: 'Expected no word, got "03".\n' });
});
