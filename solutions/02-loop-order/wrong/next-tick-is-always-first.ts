// Believes that nextTick comes before microtasks everywhere: that holds in CommonJS and in callbacks, not at the top level of an ES module.
// fails: the prediction for the program "module" comes true
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
  module: ['sync', 'nextTick', 'microtask', 'immediate'],
  ioCallback: ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'],
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
