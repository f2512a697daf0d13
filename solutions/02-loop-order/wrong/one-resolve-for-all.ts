// Keeps `resolve` outside of the function: a second call takes it away from the first, whose promise never resolves.
// fails: inOrder resolves when all five steps have run
import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

let finish: () => void = () => {};

export function inOrder(steps: Steps): Promise<void> {
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  steps.sync();
  process.nextTick(() => {
    steps.nextTick();
    queueMicrotask(() => {
      steps.microtask();
      setImmediate(() => {
        steps.immediate();
        setTimeout(() => {
          steps.timeout();
          finish();
        }, 0);
      });
    });
  });
  return finished;
}

export const prediction: Prediction = {
  module: ['sync', 'microtask', 'nextTick', 'immediate'],
  ioCallback: ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'],
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
