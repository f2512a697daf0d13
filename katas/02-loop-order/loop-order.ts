/** Five steps, each named after the mechanism that has to call it. */
export type Steps = Record<'sync' | 'nextTick' | 'microtask' | 'immediate' | 'timeout', () => void>;

/** What each of the four programs says, line by line. */
export type Prediction = Record<'module' | 'ioCallback' | 'twoTimers' | 'immediates', string[]>;

// TODO: only the first step is called. Write the rest of `inOrder`, and fill in what you think the four given programs say.

/** Calls each step by its own mechanism, in the order of the list; resolves after the last. */
export async function inOrder(steps: Steps): Promise<void> {
  steps.sync();
  throw Object.assign(new Error('inOrder calls the first step only'), { name: 'NotWrittenError' });
}

export const prediction: Prediction = {
  module: [],
  ioCallback: [],
  twoTimers: [],
  immediates: [],
};
