/** What a kata's spec may import, as `#harness`. */
export * from './clock/index.ts';
export * from './loop/index.ts';
export { kata } from './submission/load-kata.ts';
export { peakConcurrency } from './trace/concurrency.ts';
export { currentTrace } from './trace/trace.ts';
export { expect } from './verdict/expect.ts';
export { InconclusiveError, KataFailure } from './verdict/failure.ts';
export { test } from './verdict/test.ts';
export * from './world/index.ts';
