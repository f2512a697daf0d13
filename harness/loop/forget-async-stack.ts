/** A global symbol, since the expression is evaluated in the main thread from outside of all modules. */
const key = 'event-loop-katas.forgetAsyncStack';

/** Runs what `offerToForgetAsyncStack` has put in place. */
export const forgetAsyncStackExpression = `globalThis[Symbol.for('${key}')]?.()`;

/**
 * Lets the watchdog empty Node's stack of asynchronous contexts before it unwinds the thread.
 *
 * Unwinding skips the `finally` blocks that would pop a timer, an immediate or (under `async_hooks`) a promise from that
 * stack, and Node then aborts the process: "async hook stack has become corrupted".
 */
export function offerToForgetAsyncStack(): void {
  Reflect.set(globalThis, Symbol.for(key), forgetAsyncStack);
}

/**
 * Node empties the stack after every uncaught exception that somebody handled, and offers no other way: so this is one.
 * See `createOnGlobalUncaughtException` in Node's `lib/internal/process/execution.js`.
 */
function forgetAsyncStack(): void {
  const handleUncaught: unknown = Reflect.get(process, '_fatalException');
  if (typeof handleUncaught !== 'function' || process.hasUncaughtExceptionCaptureCallback()) return;
  process.setUncaughtExceptionCaptureCallback(() => {});
  try {
    Reflect.apply(handleUncaught, process, [new Error('The program is being ended.')]);
  } finally {
    process.setUncaughtExceptionCaptureCallback(null);
  }
}
