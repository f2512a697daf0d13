import { expect, test } from 'vitest';
import { runCommand } from './fixtures/run-command.ts';

function run(...words: string[]) {
  return runCommand(words);
}

test.each(['next', 'hint', 'compare', 'reset', 'progress', 'watch', 'starters'])(
  'npm run %s -- --help tells its use in 80 columns',
  (name) => {
    const { status, stdout } = run(name, '--help');

    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: npm run ${name}\\b`));
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  },
);

test.each([
  [['hint'], 'Expected the name of a kata, such as 03.\n'],
  [['hint', '01-10'], 'Expected the name of one kata, got "01-10".\n'],
  [['compare', '99'], 'There is no kata "99". Nearest: '],
  [['reset', '03', '--hard'], "Unknown option '--hard'"],
  [['watch', '01', '03'], 'Expected one kata to watch.\n'],
])('%j is wrong usage, told in one line', (words, message) => {
  const { status, stdout, stderr } = run(...words);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('next and progress know every kata without running any', () => {
  const next = run('next');
  const progress = run('progress', '--json');

  expect(next.stdout).toMatch(/ Kata \d\d {2}.*\n|Every kata is green/);
  const rows = JSON.parse(progress.stdout) as { kata: string }[];
  expect(rows.map(({ kata }) => kata)).toContain('03-three-fetches');
});

test('compare shows the solution of a kata that is not green only with --yes', () => {
  const [kata] = (
    JSON.parse(run('progress', '--json').stdout) as { kata: string; standing: string }[]
  )
    .filter(({ standing }) => standing !== 'green')
    .map((row) => row.kata);

  const asked = run('compare', kata!);
  const shown = run('compare', kata!, '--yes');

  expect(asked.status).toBe(1);
  expect(asked.stderr).toContain('is not green yet.');
  expect(shown.stdout).toContain(`lines with + are from solutions/${kata}.`);
});
