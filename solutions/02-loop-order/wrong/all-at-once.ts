// Starts all five side by side: in a promise callback microtasks come before nextTick, and a timer that is due comes before the immediate.
// fails: the five steps run in the order of the list, wherever inOrder is called
// fails: the order holds when other code keeps the loop busy
import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

export async function inOrder(steps: Steps): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(() => {
      steps.timeout();
      resolve();
    }, 0);
    setImmediate(steps.immediate);
    queueMicrotask(steps.microtask);
    process.nextTick(steps.nextTick);
    steps.sync();
  });
}

export const prediction: Prediction = {
  module: ['sync', 'microtask', 'nextTick', 'immediate'],
  ioCallback: ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'],
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
