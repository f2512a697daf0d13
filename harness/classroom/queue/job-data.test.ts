import * as v from 'valibot';
import { expect, test } from 'vitest';
import { madeKatas } from '../store/fixtures/made-class.ts';
import { answerData, filesOf, jobIdOf, jobSchema, type JobData } from './job-data.ts';

function dataOf(text: string, { harness = 'harness', seed = 7 } = {}): JobData {
  return answerData(madeKatas[0]!, new Map([['answer.ts', Buffer.from(text)]]), { harness, seed });
}

test('the same answer with the same inputs is one job', () => {
  expect(jobIdOf(dataOf('one'))).toBe(jobIdOf(dataOf('one')));
});

test.each([
  ['another answer', dataOf('two')],
  ['another harness', dataOf('one', { harness: 'newer' })],
  ['another seed, as a regrade draws it', dataOf('one', { seed: 8 })],
  ['another kata', { ...dataOf('one'), kata: '02-second' }],
  ['the tests of the kata', { kind: 'tests', kata: '01-first', harness: 'harness' }],
] satisfies [string, JobData][])('%s is another job', (_what, data) => {
  expect(jobIdOf(data)).not.toBe(jobIdOf(dataOf('one')));
});

test('files of any bytes come out as they went in', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const data = answerData(madeKatas[0]!, new Map([['answer.ts', bytes]]), {
    harness: 'harness',
    seed: 0,
  });

  const read = v.parse(jobSchema, JSON.parse(JSON.stringify(data)));

  expect(read.kind === 'answer' && filesOf(read).get('answer.ts')).toEqual(Buffer.from(bytes));
});
