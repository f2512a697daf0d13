import { expect, test } from 'vitest';
import { cutReadme } from './cut-readme.ts';

const scripts = new Set(['test', 'next']);

test('leaves out what is for teachers and contributors, and what shows a solution', () => {
  const text =
    '# Katas\n\nStart.\n\n## For teachers\n\nA\n\n### B\n\n## Rules\n\nC\n\n## The six endpoints\n\nD\n\n## For contributors\n\nE\n\n## License\n';

  expect(cutReadme(text, scripts)).toBe('# Katas\n\nStart.\n\n## Rules\n\nC\n\n## License\n');
});

test('leaves out the commands that an edition does not have', () => {
  const rows = '| `npm run next`       | a |\n| `npm run demo:bench` | b |\n| `npm test` | c |\n';

  expect(cutReadme(`${rows}## For teachers\n## For contributors\n`, scripts)).toBe(
    '| `npm run next`       | a |\n| `npm test` | c |\n',
  );
});

test('fails where a section has another name: it would go to the students', () => {
  expect(() => cutReadme('# Katas\n\n## For teachers\n', scripts)).toThrow(
    'Expected a section "## For contributors" in README.md.',
  );
});
