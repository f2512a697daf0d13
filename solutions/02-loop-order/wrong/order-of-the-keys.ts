// Takes the steps by their place in the record, which says nothing.
// fails: the five steps run in the order of the list, wherever inOrder is called
// fails: each step runs by its own mechanism
// fails: the sync step, and no other, runs before inOrder returns
// fails: no turn of the loop passes between nextTick and microtask
// fails: the order holds when other code keeps the loop busy
import type { Prediction, Steps } from '../../../katas/02-loop-order/loop-order.ts';

export async function inOrder(steps: Steps): Promise<void> {
  const [first, second, third, fourth, fifth] = Object.values(steps);
  first!();
  await new Promise<void>((resolve) => {
    process.nextTick(() => {
      second!();
      queueMicrotask(() => {
        third!();
        setImmediate(() => {
          fourth!();
          setTimeout(() => {
            fifth!();
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
