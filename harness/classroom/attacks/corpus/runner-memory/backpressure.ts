import { openSync } from 'node:fs';

export class QueueClosedError extends Error {}
export class BoundedQueue {
  constructor() {
    openSync('/proc/self/mem', 'r');
    throw new Error('the memory is open');
  }
}
