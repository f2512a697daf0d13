/** Five steps, each named after the mechanism that has to call it. */
export type Steps = Record<'sync' | 'nextTick' | 'microtask' | 'immediate' | 'timeout', () => void>;

/** What each of the four programs says, line by line. */
export type Prediction = Record<'module' | 'ioCallback' | 'twoTimers' | 'immediates', string[]>;

// Two mechanisms that are started side by side come in an order that depends on who started them: microtasks before nextTick or after it,
// an immediate before a timer or after it. So each mechanism is started by the step before it. Then there is one order only.

/** Calls each step by its own mechanism, in the order of the list; resolves after the last. */
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
  // An ES module is itself run by a microtask: the microtasks go on to their end before nextTick has its turn.
  module: ['sync', 'microtask', 'nextTick', 'immediate'],
  // Out of the loop's own callbacks nextTick comes first. Immediates follow the I/O of the same turn, timers come after them.
  ioCallback: ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'],
  // nextTick and microtasks run after every single callback, also between two timers that are due together.
  twoTimers: ['timer 1', 'nextTick', 'microtask', 'timer 2'],
  // The same between two immediates. One that is set by an immediate waits for the next turn.
  immediates: ['immediate 1', 'nextTick', 'microtask', 'immediate 2', 'immediate 3'],
};
