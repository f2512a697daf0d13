import { expect, test } from 'vitest';
import type { ClassFigures } from '../bench/bench-class.ts';
import { checkClass } from './check-class.ts';

const wrong = { answer: 'student-1 03-three-fetches wrong/two-batches', problem: 'It passed.' };

function figures(more: Partial<ClassFigures>): ClassFigures {
  return {
    answers: 6,
    judged: 6,
    wrong: [],
    firstMs: 1,
    secondMs: 1,
    killed: { kills: 2, whileJudging: 2, differing: [], wrong: [] },
    throughput: null,
    kept: null,
    ...more,
  };
}

function problemsOf(more: Partial<ClassFigures>) {
  return checkClass(undefined, async () => figures(more)).then(({ checks }) =>
    checks.map(({ problems }) => problems.map(({ found }) => found)),
  );
}

test('a class that is graded as it has to be, killed or not, passes', async () => {
  expect(await problemsOf({})).toEqual([[], []]);
});

test('a wrong verdict, and a report that differs, are told', async () => {
  const told = `${wrong.answer}: It passed.`;
  const killed = { kills: 2, whileJudging: 2, differing: ['7: a | b'], wrong: [wrong] };

  expect(await problemsOf({ wrong: [wrong], killed })).toEqual([[told], [told, '7: a | b']]);
});
