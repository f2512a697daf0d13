// Knows the list by heart and calls one step after the other: the order is right, and no mechanism is used.
// fails: each step runs by its own mechanism
// fails: the sync step, and no other, runs before inOrder returns
import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

const labels = ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'] as const;

export async function inOrder(steps: Steps): Promise<void> {
  for (const label of labels) steps[label]();
}

export const prediction: Prediction = {
  module: ['sync', 'microtask', 'nextTick', 'immediate'],
  ioCallback: ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'],
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
