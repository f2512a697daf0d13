import { AsyncLocalStorage, AsyncResource, createHook } from 'node:async_hooks';

/** What watched code lets Node call back, in the order of time, by Node's names: https://nodejs.org/api/async_hooks.html#type */
export interface AsyncWorkWatch extends Disposable {
  /** What it has asked for, such as `Timeout`, `Immediate` or `TickObject`. */
  readonly begun: readonly string[];
  /** What of it was called, each time. */
  readonly called: readonly string[];
  /** Does `work`, which is watched, with all that it starts, also long after it was called. */
  watch<T>(work: () => T): T;
}

/** Watches timers, immediates, requests and the like until it is disposed of. Promises are not told, nor what only notes the context. */
export function watchAsyncWork(): AsyncWorkWatch {
  const watched = new AsyncLocalStorage<boolean>();
  const types = new Map<number, string>();
  const begun: string[] = [];
  const called: string[] = [];
  const hook = createHook({
    init: (id, type, _trigger, resource) => {
      if (!watched.getStore() || resource instanceof AsyncResource) return;
      types.set(id, type);
      begun.push(type);
    },
    before: (id) => {
      const type = types.get(id);
      if (type !== undefined) called.push(type);
    },
    // With a hook on promises, code that never ends could not be ended from outside.
    trackPromises: false,
  }).enable();
  return {
    begun,
    called,
    watch: (work) => watched.run(true, work),
    [Symbol.dispose]: () => void hook.disable(),
  };
}
