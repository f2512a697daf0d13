// Keeps the steps outside of the function: a second call takes them away from the first.
// fails: the five steps run in the order of the list, wherever inOrder is called
import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

let current: Steps;

export async function inOrder(steps: Steps): Promise<void> {
  current = steps;
  steps.sync();
  await new Promise<void>((resolve) => {
    process.nextTick(() => {
      current.nextTick();
      queueMicrotask(() => {
        current.microtask();
        setImmediate(() => {
          current.immediate();
          setTimeout(() => {
            current.timeout();
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
