// Resolves when the last step is started, not when it has run.
// fails: inOrder resolves when all five steps have run
import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

export async function inOrder(steps: Steps): Promise<void> {
  steps.sync();
  process.nextTick(() => {
    steps.nextTick();
    queueMicrotask(() => {
      steps.microtask();
      setImmediate(() => {
        steps.immediate();
        setTimeout(steps.timeout, 0);
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
