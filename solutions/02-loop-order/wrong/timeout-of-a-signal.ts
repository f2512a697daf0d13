// The last step runs in the listener of `AbortSignal.timeout`: its timer is not one that the code has set.
// fails: each step runs by its own mechanism
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
          AbortSignal.timeout(1).addEventListener('abort', () => {
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
