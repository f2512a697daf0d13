import { expect, test } from 'vitest';
import { runCommand } from './fixtures/run-command.ts';

function npmTest(words: readonly string[], options?: { from?: string; node?: string[] }) {
  return runCommand(['test', ...words], options);
}

test('a red kata is told in 80 columns, with exit code 1', () => {
  const { status, stdout } = npmTest(['katas/03'], { from: 'katas' });

  expect(status).toBe(1);
  expect(stdout).toContain('never more than 1 at a time: they ran one after');
  expect(stdout).toContain('Again  npm test katas/03');
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('a green kata has exit code 0', () => {
  const { status, stdout } = npmTest(['three-fetches'], { from: 'solutions' });

  expect(stdout).toMatch(/ green\. \d+\.\d virtual seconds in \d/);
  expect(status).toBe(0);
});

test('several katas are told as a board', () => {
  const { status, stdout } = npmTest(['01', '03'], { from: 'solutions' });

  expect(stdout).toContain(' 2 of 2 katas green.');
  expect(status).toBe(0);
});

test.each([
  [['katas/99'], 'There is no kata "katas/99". Nearest: '],
  [['--quick'], "Unknown option '--quick'"],
])('%j is wrong usage, told in one line', (words, message) => {
  const { status, stdout, stderr } = npmTest(words);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('--help names the words that mean a kata', () => {
  expect(npmTest(['--help'])).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('npm test katas/03'),
  });
});

test('a command that is not there is told in one line', () => {
  expect(runCommand(['tset', '03'])).toEqual({
    status: 2,
    stdout: '',
    stderr: 'There is no command "tset". README.md lists them.\n',
  });
});

test('an old Node gets one sentence', () => {
  const pretend = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { node: '20.1.0' } });`;

  const { status, stdout, stderr } = npmTest(['03'], { node: ['--import', pretend] });

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^These katas need Node 24, or 26 and newer; this is .*\n$/);
});
