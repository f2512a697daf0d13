import { Worker } from 'node:worker_threads';

for (let count = 0; count < 40; count += 1) {
  // Bounded by itself too.
  const worker = new Worker('const end = Date.now() + 5000; while (Date.now() < end);', { eval: true });
  worker.on('error', () => {});
  worker.unref();
}

export class QueueFullError extends Error {}
export class WorkerPool {}
export function buildApp(): never {
  throw new Error('the attack took place');
}
