import type { EventEmitter } from 'node:events';
import { expect as vitestExpect } from 'vitest';
import { noticeChange } from './built-ins.ts';
import { positiveOnly } from './matchers/positive-only.ts';
import { toBePending } from './matchers/to-be-pending.ts';
import { toHappenInOrder } from './matchers/to-happen-in-order.ts';
import { toHaveNoListeners } from './matchers/to-have-no-listeners.ts';
import { toLeaveNoTimers } from './matchers/to-leave-no-timers.ts';
import { toLeaveTheLoopFree } from './matchers/to-leave-the-loop-free.ts';
import { toRejectWith } from './matchers/to-reject-with.ts';
import { toStartAt } from './matchers/to-start-at.ts';
import { toTakeVirtually, toTakeVirtuallyUnder } from './matchers/to-take-virtually.ts';
import { toHaveHits, toHavePeak, toHavePeakAtMost } from './matchers/traffic-matchers.ts';

vitestExpect.extend({
  toBePending,
  toHappenInOrder: positiveOnly(toHappenInOrder),
  toHaveHits: positiveOnly(toHaveHits),
  toHaveNoListeners: positiveOnly(toHaveNoListeners),
  toHavePeak: positiveOnly(toHavePeak),
  toHavePeakAtMost: positiveOnly(toHavePeakAtMost),
  toLeaveNoTimers: positiveOnly(toLeaveNoTimers),
  toLeaveTheLoopFree,
  toRejectWith: positiveOnly(toRejectWith),
  toStartAt: positiveOnly(toStartAt),
  toTakeVirtually: positiveOnly(toTakeVirtually),
  toTakeVirtuallyUnder: positiveOnly(toTakeVirtuallyUnder),
});

declare module 'vitest' {
  // The type parameters must be those of Vitest's own declaration.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** Traffic: exactly `peak` requests were under way at the busiest moment. */
    toHavePeak: (peak: number) => R;
    /** Traffic: never more than `limit` requests were under way at once. */
    toHavePeakAtMost: (limit: number) => R;
    /** Traffic: exactly `hits` requests arrived. */
    toHaveHits: (hits: number) => R;
    /** A run in virtual time: it took exactly `milliseconds`. */
    toTakeVirtually: (milliseconds: number) => R;
    /** A run in virtual time: it took less than `milliseconds`. */
    toTakeVirtuallyUnder: (milliseconds: number) => R;
    /** A run in virtual time: no timer of the learner was left behind. */
    toLeaveNoTimers: () => R;
    /** A loop report: the work did not hold the event loop. Throws `InconclusiveError` where that could not be measured. */
    toLeaveTheLoopFree: () => R;
    /** Times of starts: exactly these milliseconds, in this order. */
    toStartAt: (milliseconds: readonly number[]) => R;
    /**
     * A promise, or a function to call: it refuses with this very value, or with what fits the pattern (`RefusalPattern`). To
     * be awaited.
     */
    toRejectWith: (expected: unknown) => Promise<void>;
    /** A signal, emitter or event target: nothing listens to it; for an event target the type must be given. */
    toHaveNoListeners: T extends AbortSignal | EventEmitter
      ? (type?: string) => R
      : (type: string) => R;
    /** A promise: it has not settled yet. To be awaited. */
    toBePending: () => Promise<void>;
    /** Names of steps: they happened in exactly this order. */
    toHappenInOrder: (steps: readonly string[]) => R;
  }
}

/** Vitest's `expect`, with matchers whose messages speak of the learner's program. In a sealed run each call looks whether the built-ins are whole. */
export const expect: typeof vitestExpect = new Proxy(vitestExpect, {
  apply(target, self, words) {
    noticeChange();
    return Reflect.apply(target, self, words) as unknown;
  },
});
