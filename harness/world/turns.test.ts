import { expect, test } from 'vitest';
import { restOfTheTurn, turns } from './turns.ts';

test('a turn lets microtasks and an immediate that was waiting run', async () => {
  const seen: string[] = [];
  setImmediate(() => seen.push('immediate'));
  queueMicrotask(() => seen.push('microtask'));

  await turns(1);

  expect(seen).toEqual(['microtask', 'immediate']);
});

test('n turns are n rounds of immediates', async () => {
  let rounds = 0;
  const round = (): void => {
    rounds += 1;
    if (rounds < 10) setImmediate(round);
  };
  setImmediate(round);

  await turns(3);

  expect(rounds).toBe(3);
});

test('zero turns are refused', async () => {
  await expect(turns(0)).rejects.toThrow('Expected a whole number of turns above zero, got `0`.');
});

test('the rest of a turn is over before the next immediate', async () => {
  const seen: string[] = [];
  setImmediate(() => seen.push('immediate'));
  queueMicrotask(() => process.nextTick(() => queueMicrotask(() => seen.push('microtask'))));

  await restOfTheTurn();

  expect(seen).toEqual(['microtask']);
});
