import assert from 'node:assert';
import { expect, test } from 'vitest';
import { describeFailure } from './explain.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('Expected the work to throw.');
}

test("an error of the learner's code is told with its line", () => {
  const record = describeFailure(thrownBy(() => Reflect.get(Object(null), 'a').b));

  expect(record.kind).toBe('error');
  expect(record.message).toMatch(
    /^Your code threw TypeError: Cannot read .* at harness\/verdict\/explain\.test\.ts:\d+$/,
  );
  expect(record.location?.line).toBeGreaterThan(0);
});

test('an error that only the spec had a part in is not blamed on the learner', () => {
  const error = new Error('x is not iterable');
  error.stack = 'Error: x is not iterable\n    at file:///katas/03/three-fetches.spec.ts:7:1';

  expect(describeFailure(error).message).toMatch(/^The test threw Error: x is not iterable at /);
});

test('assertions keep their sentence and both sides in short', () => {
  const vitest = describeFailure(thrownBy(() => expect([1]).toEqual([2])));
  const node = describeFailure(thrownBy(() => assert.strictEqual(1, 2, 'one is not two')));

  expect(vitest).toMatchObject({
    kind: 'assertion',
    message: 'expected [ 1 ] to deeply equal [ 2 ]',
    diff: 'expected: [ 2 ]\nreceived: [ 1 ]',
  });
  expect(node).toMatchObject({ kind: 'assertion', diff: 'expected: 2\nreceived: 1' });
  expect(node.message).toMatch(/^one is not two/);
  expect(vitest.location?.file).toContain('explain.test.ts');
});

test('where the spec says what is compared, both sides are told once', () => {
  const told = (work: () => unknown) => describeFailure(thrownBy(work)).message;

  expect(told(() => expect([1], 'The answers').toEqual([2]))).toBe('The answers:');
  expect(told(() => expect(true, 'Was it aborted?').toBe(false))).toBe('Was it aborted?');
  expect(told(() => expect(3, 'The tries').toBeLessThan(2))).toBe(
    'The tries: expected 3 to be less than 2',
  );
  expect(told(() => expect(2, 'The tries').not.toBe(2))).toBe(
    'The tries: got 2, which it must not be.',
  );
  expect(told(() => expect([1]).not.toEqual([1]))).toBe('Got [ 1 ], which it must not be.');
  expect(told(() => expect(3, 'The tries').not.toBeGreaterThan(2))).toBe(
    'The tries: expected 3 to be not greater than 2',
  );
});

test('the name of a comparison is left out, also where a story follows', () => {
  const error = thrownBy(() => expect(1).toBe(2));
  if (error instanceof Error) error.message += '\n1. ada came';

  expect(describeFailure(error).message).toBe('expected 1 to be 2\n1. ada came');
});

test('a suppressed error is told with the one that hid it', () => {
  const error = new SuppressedError(new Error('from dispose'), new Error('from the body'), 'both');

  const { message } = describeFailure(error);

  expect(message).toContain('Your code threw SuppressedError: both');
  expect(message).toContain('thrown last: Error: from dispose');
  expect(message).toContain('hidden by it: Error: from the body');
});

test('a group of errors is told by its first ones', () => {
  const errors = Array.from({ length: 9 }, (_, index) => new Error(`failure ${index}`));

  const { message } = describeFailure(new AggregateError(errors, 'many'));

  expect(message).toContain('error 1: Error: failure 0');
  expect(message).toContain('… and 5 more');
});

test('a circle of causes ends', () => {
  const error = new Error('outer');
  error.cause = new Error('inner', { cause: error });

  expect(describeFailure(error).message).toContain('caused by: the same error again');
});

test('what is thrown without being an error is told as such', () => {
  expect(describeFailure('no')).toMatchObject({
    kind: 'error',
    message: "Your code threw 'no', which is not an Error.",
  });
  expect(describeFailure(undefined).message).toContain('threw undefined');
});

test('an endless message is cut, and its line still found', () => {
  const record = describeFailure(new Error('x'.repeat(1_000_000)));

  expect(record.message.length).toBeLessThanOrEqual(2000);
  expect(record.location?.file).toContain('explain.test.ts');
});

test('a message that looks like a stack does not move the blame', () => {
  const record = describeFailure(new Error('no\n    at run (/elsewhere/innocent.ts:1:1)'));

  expect(record.location?.file).toContain('explain.test.ts');
});

test('hostile errors are told without being obeyed', () => {
  const refuse = (): never => {
    throw new Error('trap');
  };
  const traps = { get: refuse, getPrototypeOf: refuse, has: refuse, ownKeys: refuse };
  const getters = Object.defineProperties(new Error('mine'), {
    message: { get: refuse },
    stack: { get: refuse },
    cause: { get: refuse },
    errors: { get: refuse },
  });
  const endless = new AggregateError([], 'endless');
  endless.errors = new Proxy([], {
    get: (target, key) => (key === 'length' ? 1e9 : Reflect.get(target, key)),
  });

  for (const hostile of [new Proxy(new Error('mine'), traps), getters, endless]) {
    const record = describeFailure(hostile);
    expect(record.kind).toBe('error');
    expect(record.message.length).toBeLessThanOrEqual(2000);
  }
});

test('code cannot call its own failure inconclusive', () => {
  const forged = Object.assign(new Error('mine'), { kind: 'inconclusive' });

  expect(describeFailure(forged).kind).toBe('error');
});
