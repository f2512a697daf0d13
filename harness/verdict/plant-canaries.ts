import { expect } from 'vitest';
import { forgiveWorkers, inVirtualTime } from '../clock/index.ts';
import type { InVirtualTime } from '../clock/index.ts';
import { canaryNames } from './canaries.ts';
import type { CanaryPlace } from './canaries.ts';
import { sealedRun } from './seal.ts';
import { test } from './test.ts';

/**
 * Declares two tests where a run is sealed: one that must pass and one that must fail. Where they end otherwise, the matchers, the clock or the
 * runner no longer do what they say, and no verdict of that run is worth anything.
 */
export function plantCanaries(place: CanaryPlace): void {
  const run = sealedRun();
  if (run === null) return;
  const { passes, fails } = canaryNames(run, place);
  // The clock is tried once, at the end: before, no answer of this run was there.
  const triesClock = place === 'after';
  test(passes, async () => {
    mustPass();
    if (!triesClock) return;
    // A wrong answer may have left a thread that never answers: that changes nothing of the clock.
    forgiveWorkers();
    await clockMustPass();
  });
  test(fails, async () => {
    const slept = triesClock ? await inVirtualTime(() => sleep(100)) : null;
    mustFail(slept);
  });
}

/** Calls the matchers once, while nobody waits: a first call takes several times as long as later ones. */
export function rehearseMatchers(): void {
  mustPass();
  isRefused(() => mustFail(null));
}

function mustPass(): void {
  const nonce = {};
  expect(nonce).toBe(nonce);
  expect([1, { two: [2] }]).toEqual([1, { two: [2] }]);
}

async function clockMustPass(): Promise<void> {
  const slept = await inVirtualTime(() => sleep(100).then(() => 'awake'));
  expect(slept.value).toBe('awake');
  expect(slept).toTakeVirtually(100);
  await expect(Promise.reject(new RangeError('lost'))).rejects.toThrow('lost');
}

/** Fails in its last line. A matcher that accepts anything ends it before, and so it passes, which it must not. */
function mustFail(slept: InVirtualTime<void> | null): void {
  const falsehoods: (() => unknown)[] = [
    () => expect({}).toBe({}),
    () => expect([1, { two: [2] }]).toEqual([1, { two: [3] }]),
    () => expect([1]).toContain(2),
    () => expect(2).toBeLessThan(1),
    () => expect(1).toBeGreaterThanOrEqual(2),
    () => expect(() => {}).toThrow(),
    () => expect('a').toMatch(/b/),
    () => expect({ a: 1 }).toMatchObject({ a: 2 }),
    () => expect([1, 2]).toHaveLength(1),
    () => expect([0]).toStartAt([1]),
    () => expect(['a', 'b']).toHappenInOrder(['b', 'a']),
  ];
  if (slept !== null) {
    falsehoods.push(
      () => expect(slept).toTakeVirtually(99),
      () => expect(slept).toTakeVirtuallyUnder(100),
    );
  }
  for (const claim of falsehoods) if (!isRefused(claim)) return;
  expect('what came').toBe('what was expected');
}

function isRefused(claim: () => unknown): boolean {
  try {
    claim();
    return false;
  } catch {
    return true;
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
