import { nextTick } from 'node:process';
import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

// One promise for each mechanism; each step is called inside the callback, and not after the await.
export async function inOrder(steps: Steps): Promise<void> {
  steps.sync();
  await called(nextTick, steps.nextTick);
  await called(queueMicrotask, steps.microtask);
  await called(setImmediate, steps.immediate);
  await called(setTimeout, steps.timeout);
}

function called(mechanism: (callback: () => void) => unknown, step: () => void): Promise<void> {
  return new Promise((resolve) => {
    mechanism(() => {
      step();
      resolve();
    });
  });
}

export const prediction: Prediction = {
  module: ['sync', 'microtask', 'nextTick', 'immediate'],
  ioCallback: ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'],
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
