// Awaits one more turn of the loop where a timer was asked for: in order, and by another mechanism.
// fails: each step runs by its own mechanism
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

export async function inOrder(steps: Steps): Promise<void> {
  steps.sync();
  await new Promise<void>((resolve) => {
    process.nextTick(resolve);
  });
  steps.nextTick();
  await Promise.resolve();
  steps.microtask();
  await nextTurn();
  steps.immediate();
  await nextTurn();
  steps.timeout();
}

export const prediction: Prediction = {
  module: ['sync', 'microtask', 'nextTick', 'immediate'],
  ioCallback: ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'],
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
