// Waits for an immediate before the microtask, to be sure that nextTick is through: other code comes in between.
// fails: no turn of the loop passes between nextTick and microtask
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

export async function inOrder(steps: Steps): Promise<void> {
  steps.sync();
  process.nextTick(steps.nextTick);
  await nextTurn();
  steps.microtask();
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      steps.immediate();
      setTimeout(() => {
        steps.timeout();
        resolve();
      }, 0);
    });
  });
}

export const prediction: Prediction = {
  module: ['sync', 'microtask', 'nextTick', 'immediate'],
  ioCallback: ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'],
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
