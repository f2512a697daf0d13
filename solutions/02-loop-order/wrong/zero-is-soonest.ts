// Believes that a timer of 0 ms is sooner than an immediate.
// fails: the prediction for the program "ioCallback" comes true
import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

export async function inOrder(steps: Steps): Promise<void> {
  steps.sync();
  await new Promise<void>((resolve) => {
    process.nextTick(() => {
      steps.nextTick();
      queueMicrotask(() => {
        steps.microtask();
        setImmediate(() => {
          steps.immediate();
          setTimeout(() => {
            steps.timeout();
            resolve();
          }, 0);
        });
      });
    });
  });
}

export const prediction: Prediction = {
  module: ['sync', 'microtask', 'nextTick', 'immediate'],
  ioCallback: ['sync', 'nextTick', 'microtask', 'timeout', 'immediate'],
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
