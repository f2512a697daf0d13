import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

// What follows an await is a microtask: so that one step needs no callback. The immediate is set at once, since it cannot come too early.
export async function inOrder(steps: Steps): Promise<void> {
  steps.sync();
  const last = new Promise<void>((resolve) => {
    setImmediate(() => {
      steps.immediate();
      setTimeout(() => {
        steps.timeout();
        resolve();
      }, 1);
    });
  });
  await new Promise<void>((resolve) => {
    process.nextTick(() => {
      steps.nextTick();
      resolve();
    });
  });
  steps.microtask();
  return last;
}

export const prediction: Prediction = {
  module: ['sync', 'microtask', 'nextTick', 'immediate'],
  ioCallback: ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'],
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
