import { expect, test } from 'vitest';
import { checkTerminal, missingForTerminal } from './check-terminal.ts';

test('a run without a report is a problem', async () => {
  const run = async () => ({ code: 1, output: 'no server running' });

  const { checks } = await checkTerminal(run, '/nowhere/report.json');

  expect(checks.map(({ name, problems }) => [name, problems.length])).toEqual([
    ['watch in a terminal', 1],
  ]);
});

test('says which program is missing', async () => {
  expect(await missingForTerminal('no-such-terminal')).toBe('the program no-such-terminal');
  expect(await missingForTerminal('node')).toBeNull();
});
