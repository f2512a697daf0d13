import { syncBuiltinESMExports } from 'node:module';
import type { WatchedFunctions } from './watched-functions.ts';

const originals = new WeakMap<object, unknown>();
// Asked while an answer is judged that could have put something else there.
const getOriginal = originals.get.bind(originals);

/** What stands behind a function that `wrapFunctions` has put in its place; any other function itself. */
export function originalOf(wrapped: unknown): unknown {
  return typeof wrapped === 'function' ? (getOriginal(wrapped) ?? wrapped) : wrapped;
}

/**
 * Puts `around` around every call of the functions, until the function that is returned puts the originals back.
 *
 * Reaches all who look the functions up when they call them, named imports of built-in modules included; not those who
 * took a copy before.
 *
 * @param around gets the function's name as a message tells it, makes the call, and is told what the function was called with
 */
export function wrapFunctions(
  functions: readonly WatchedFunctions[],
  around: (callee: string, call: () => unknown, words: readonly unknown[]) => unknown,
): () => void {
  const restores = functions.flatMap(({ owner, names, prefix }) =>
    names.map((name) => wrap(owner, name, (call, words) => around(prefix + name, call, words))),
  );
  // Named imports of built-in modules follow only after this.
  syncBuiltinESMExports();
  return () => {
    for (const restore of restores) restore();
    syncBuiltinESMExports();
  };
}

function wrap(
  owner: object,
  name: string,
  around: (call: () => unknown, words: readonly unknown[]) => unknown,
): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  const original: unknown = descriptor?.value;
  if (typeof original !== 'function' || !descriptor?.configurable) return () => {};
  // A proxy keeps the function's name, its properties and its `this`.
  const wrapped = new Proxy(original, {
    apply: (target, self, words: unknown[]): unknown =>
      around(() => Reflect.apply(target, self, words), words),
  });
  originals.set(wrapped, original);
  Object.defineProperty(owner, name, { ...descriptor, value: wrapped });
  return () => Object.defineProperty(owner, name, descriptor);
}
