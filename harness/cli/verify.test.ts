import { expect, test } from 'vitest';
import { runCommand } from './fixtures/run-command.ts';

function verify(...words: string[]) {
  return runCommand(['verify', ...words]);
}

test('--help names the steps, in 80 columns', () => {
  const { status, stdout } = verify('--help');

  expect(status).toBe(0);
  for (const name of ['types', 'lint', 'format', 'docs', 'files', 'harness', 'catalogue']) {
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  }
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test.each([
  [['--fast'], "Unknown option '--fast'"],
  [['--only', 'typos'], 'There is no step "typos". Steps: types, lint,'],
  [['--matrix', '99'], 'There is no kata "99".'],
  [['--', '--help'], 'There is no kata "--help".'],
  [['--matrix', 'katas'], 'Expected --matrix to name one kata, got "katas".'],
])('%j is wrong usage', (words, message) => {
  const { status, stdout, stderr } = verify(...words);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('runs the steps that --only names; the last line counts, and the exit code follows it', () => {
  const { status, stdout } = verify('--only', 'files', '--only', 'docs');

  const lines = stdout.trimEnd().split('\n');
  const counts = /^(?<passed>\d+) passed, (?<failed>\d+) failed$/.exec(lines.at(-1)!)!.groups!;
  expect(Number(counts['passed']) + Number(counts['failed'])).toBeGreaterThan(0);
  expect(status).toBe(counts['failed'] === '0' ? 0 : 1);
  expect(lines.filter((line) => /^ [✓✗] .* \d+ passed/.test(line))).toHaveLength(2);
});
