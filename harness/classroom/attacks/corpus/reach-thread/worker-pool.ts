import { Worker } from 'node:worker_threads';

const worker = new Worker(`
  const { Session } = require('node:inspector');
  const session = new Session();
  session.connectToMainThread();
  session.post('Runtime.evaluate', { expression: 'globalThis.attacked = true' }, () => {});
`, { eval: true });
worker.unref();

export class QueueFullError extends Error {}
export class WorkerPool {
  async run(): Promise<unknown> {
    throw new Error('the attack took place');
  }
  async close(): Promise<void> {}
}
export function buildApp(): never {
  throw new Error('the attack took place');
}
