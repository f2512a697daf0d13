// A call waits until the one before it has ended: its first step does not run at once.
// fails: the sync step, and no other, runs before inOrder returns
import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

let last: Promise<void> = Promise.resolve();

export function inOrder(steps: Steps): Promise<void> {
  last = last.then(() => begin(steps));
  return last;
}

async function begin(steps: Steps): Promise<void> {
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
  ioCallback: ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'],
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
