// Takes every await for a turn of the loop: all steps run in microtasks, one behind the other.
// fails: each step runs by its own mechanism
import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

export async function inOrder(steps: Steps): Promise<void> {
  steps.sync();
  for (const name of ['nextTick', 'microtask', 'immediate', 'timeout'] as const) {
    await Promise.resolve();
    steps[name]();
  }
}

export const prediction: Prediction = {
  module: ['sync', 'microtask', 'nextTick', 'immediate'],
  ioCallback: ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'],
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
