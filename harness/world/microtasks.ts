/**
 * Lets exactly `count` microtasks pass before the awaiting code goes on; no timer or I/O runs meanwhile.
 *
 * An `await` takes one microtask by itself, so 0 and 1 are the same.
 *
 * @throws {RangeError} if `count` is no whole number, or below zero.
 */
export function microtasks(count = 1): Promise<void> {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`Expected a whole number of microtasks, got \`${count}\`.`);
  }
  return new Promise((resolve) => {
    afterMicrotasks(count - 1, resolve);
  });
}

/** Calls `then` after `count` microtasks, at once if that is not above zero. */
export function afterMicrotasks(count: number, then: () => void): void {
  if (count <= 0) {
    then();
    return;
  }
  queueMicrotask(() => {
    afterMicrotasks(count - 1, then);
  });
}
