import { expect, test } from 'vitest';
import { runCommand } from './fixtures/run-command.ts';

test.each([
  [['bench', '--url', 'http://example.com'], /example\.com is not this machine\./],
  [['bench', '--url', 'ftp://127.0.0.1'], /Expected --url to be an http address/],
  [['bench', '--requests', 'many'], /Expected --requests to be a whole number from 1 to 100000/],
  [['--processes', '0'], /Expected --processes to be a whole number from 1 to 64/],
  [['serve'], /Expected no word but options, got "serve"\./],
])('%j is refused in one sentence', (words, sentence) => {
  const { status, stderr } = runCommand(['demo', ...words]);

  expect(status).toBe(2);
  expect(stderr).toMatch(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
