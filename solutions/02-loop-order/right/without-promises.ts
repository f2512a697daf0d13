import { setImmediate, setTimeout } from 'node:timers';
import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

// Callbacks all the way; the microtask is the callback of a promise.
export function inOrder(steps: Steps): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const atTimeout = (): void => {
    steps.timeout();
    resolve();
  };
  const atImmediate = (): void => {
    steps.immediate();
    setTimeout(atTimeout);
  };
  const atMicrotask = (): void => {
    steps.microtask();
    setImmediate(atImmediate);
  };
  steps.sync();
  process.nextTick(() => {
    steps.nextTick();
    void Promise.resolve().then(atMicrotask);
  });
  return promise;
}

export const prediction: Prediction = {
  module: ['sync', 'microtask', 'nextTick', 'immediate'],
  ioCallback: ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'],
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
