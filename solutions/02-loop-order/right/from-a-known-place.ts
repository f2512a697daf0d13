import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

// First goes to a place in the loop that it knows, the callback of an immediate. There `nextTick` comes before the microtask, whoever has
// called. That costs one turn of the loop.
export function inOrder(steps: Steps): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  steps.sync();
  setImmediate(() => {
    process.nextTick(steps.nextTick);
    queueMicrotask(steps.microtask);
    setImmediate(() => {
      steps.immediate();
      setTimeout(() => {
        steps.timeout();
        resolve();
      }, 0);
    });
  });
  return promise;
}

export const prediction: Prediction = {
  module: ['sync', 'microtask', 'nextTick', 'immediate'],
  ioCallback: ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'],
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
