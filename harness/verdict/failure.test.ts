import { expect, test } from 'vitest';
import { describeFailure } from './explain.ts';
import { InconclusiveError, KataFailure } from './failure.ts';

test('a failure joins its sentences, one to a line', () => {
  const failure = new KataFailure(['One.', 'Two.'], { advice: 'Look.', expected: 1, received: 2 });

  expect(failure).toMatchObject({ name: 'KataFailure', kind: 'assertion', message: 'One.\nTwo.' });
  expect(describeFailure(failure)).toMatchObject({
    kind: 'assertion',
    message: 'One.\nTwo.',
    advice: 'Look.',
    diff: 'expected: 1\nreceived: 2',
  });
});

test('a failure without a place is placed where it was made', () => {
  expect(describeFailure(new KataFailure('One.')).location?.file).toContain('failure.test.ts');
  expect(describeFailure(new KataFailure('One.', { location: null })).location).toBe(null);
});

test('inconclusive is a kind of its own', () => {
  expect(describeFailure(new InconclusiveError('Too busy.'))).toMatchObject({
    kind: 'inconclusive',
    message: 'Too busy.',
  });
});
