import { expect, test } from 'vitest';
import type { Judgement } from '../grade-parts.ts';
import { readJobResult } from './job-result.ts';

const judgement: Judgement = {
  verdict: 'fail',
  reason: null,
  passedTests: 1,
  tests: [
    {
      name: 'one',
      verdict: 'fail',
      failure: {
        kind: 'hang',
        message: 'It never ends.',
        location: { file: 'a.ts', line: 3 },
        advice: null,
        diff: null,
      },
      spans: [
        {
          label: 'GET',
          kind: 'request',
          start: 0,
          end: null,
          outcome: 'open',
          due: 9,
          where: null,
        },
      ],
      virtual: true,
      virtualMs: 12,
    },
  ],
  allTests: 2,
  judgedMs: 5,
};
const asked = { kind: 'answer', kata: '01-first' } as const;

test('a result is what the worker gave, field by field', () => {
  const sent = JSON.parse(JSON.stringify({ ...asked, judgement }));

  expect(readJobResult(sent, asked)).toEqual({ ...asked, judgement });
});

test.each([
  [{ verdict: 'excellent' }, 'judgement.verdict'],
  [{ passedTests: 3 }, 'Expected no more passed tests than the kata has'],
  [{ judgedMs: -1 }, 'judgement.judgedMs'],
  [{ tests: 'all' }, 'judgement.tests'],
])('%j is no result', (change, told) => {
  const sent = { ...asked, judgement: { ...judgement, ...change } };

  expect(() => readJobResult(sent, asked)).toThrow(told);
});

test('a result for another kata, or of another kind, is none for this job', () => {
  const sent = { kind: 'answer', kata: '02-second', judgement };

  expect(() => readJobResult(sent, asked)).toThrow(
    'Expected a result for answer of 01-first, got one for answer of 02-second.',
  );
  expect(() => readJobResult(null, asked)).toThrow('Expected the result of a job');
});
