import { expect, test } from 'vitest';
import { toolProblems } from './check-tools.ts';

test('finds nothing where the tool ended with 0, whatever it said', () => {
  expect(toolProblems('lint', 0, 'Found 0 errors.', 'Mend it.')).toEqual([]);
});

test('shows the first twenty lines of a tool that failed', () => {
  const output = Array.from({ length: 25 }, (_, index) => `line ${index}\n`).join('\n');

  const [problem] = toolProblems('lint', 1, output, 'Mend it.');

  const lines = problem!.found.split('\n');
  expect(lines).toHaveLength(21);
  expect(lines.at(-2)).toBe('line 19');
  expect(lines.at(-1)).toBe('… and 5 more lines');
  expect(problem).toMatchObject({ where: 'lint', advice: 'Mend it.' });
});

test('says so where a tool failed in silence', () => {
  expect(toolProblems('types', null, '', 'Mend it.')[0]!.found).toBe(
    'It ended with code null and said nothing.',
  );
});
