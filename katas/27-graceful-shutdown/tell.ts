// Given: how the program tells what happens in it, and waits where the spec holds it up.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Prints one line. It is out at once, also when the program ends in the next moment. */
export function tell(line: string): void {
  writeSync(1, `${line}\n`);
}

/**
 * Work that takes its time: until the spec lets it go on, or three seconds where you run the program by hand.
 *
 * An abort rejects with the reason of `signal`.
 */
export async function longWork(name: string, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  if (!process.connected) {
    await sleep(3000, undefined, { ...(signal && { signal }) });
    return;
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onMessage = (message: unknown): void => {
    if (message === `finish ${name}`) resolve();
  };
  const onAbort = (): void => reject(signal?.reason);
  process.on('message', onMessage);
  signal?.addEventListener('abort', onAbort);
  try {
    await promise;
  } finally {
    process.off('message', onMessage);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Lets everything else have its turn, some times. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
