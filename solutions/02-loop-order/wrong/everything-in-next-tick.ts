// Everything runs in nextTick: in the right order, and before the loop can do anything else.
// fails: each step runs by its own mechanism
import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

export async function inOrder(steps: Steps): Promise<void> {
  steps.sync();
  await new Promise<void>((resolve) => {
    process.nextTick(() => {
      steps.nextTick();
      process.nextTick(() => {
        steps.microtask();
        process.nextTick(() => {
          steps.immediate();
          process.nextTick(() => {
            steps.timeout();
            resolve();
          });
        });
      });
    });
  });
}

export const prediction: Prediction = {
  module: ['sync', 'microtask', 'nextTick', 'immediate'],
  ioCallback: ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'],
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
