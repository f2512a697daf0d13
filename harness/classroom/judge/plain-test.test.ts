import { expect, test } from 'vitest';
import { projectRoot } from '../../trace/source-location.ts';
import type { TestResult } from '../../runner/kata-result.ts';
import { plainSentence, plainTest } from './plain-test.ts';

test('the bars of a timeline name the file as its author knows it, however often its process has loaded it', () => {
  const where = {
    file: 'file:///home/class/.kata/submissions/2/03-three-fetches/three-fetches.ts?instance=9',
    line: 7,
    column: 3,
    functionName: 'fetchAll',
  };
  const span = { label: 'setTimeout(5)', kind: 'timer', start: 0, end: 5, outcome: 'done', where };
  const result = { name: 'one', verdict: 'pass', failure: null, spans: [span] };

  const { spans } = plainTest(result as unknown as TestResult);

  expect(spans[0]!.where).toEqual({ ...where, file: '03-three-fetches/three-fetches.ts' });
});

test('a sentence does not tell where the answer was judged', () => {
  const folder =
    '/home/class/.kata/classroom/71/0f8fad5b-d9cb-469f-a165-70867728950e/answers/03-three-fetches';

  expect(plainSentence(`Look at ${folder}/three-fetches.ts:2.`)).toBe(
    'Look at 03-three-fetches/three-fetches.ts:2.',
  );
});

test('a place in the spec is told from the checkout on', () => {
  const location = { file: `${projectRoot}/katas/03-three-fetches/three-fetches.spec.ts`, line: 3 };
  const failure = { kind: 'assertion', message: 'It differs.', location, advice: null, diff: null };
  const result = { name: 'one', verdict: 'fail', failure, spans: [] } as unknown as TestResult;

  expect(plainTest(result).failure?.location?.file).toBe(
    'katas/03-three-fetches/three-fetches.spec.ts',
  );
});
