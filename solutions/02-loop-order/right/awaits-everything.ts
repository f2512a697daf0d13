import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

// Each step stands after the await of its own mechanism. It runs in a microtask then, right behind the callback that was awaited.
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
  await sleep(0);
  steps.timeout();
}

export const prediction: Prediction = {
  module: ['sync', 'microtask', 'nextTick', 'immediate'],
  ioCallback: ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'],
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
