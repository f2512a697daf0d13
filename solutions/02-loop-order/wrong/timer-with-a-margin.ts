// Starts everything in turn, and still gives the timer 10 ms to be on the safe side.
// fails: the timeout step comes at most 1 ms after the call
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
          }, 10);
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
