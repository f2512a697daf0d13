// Given, and no longer needed once you are done: runs in each thread of the pool as it is now.
import { parentPort, workerData } from 'node:worker_threads';

const { default: task } = await import(workerData);

parentPort!.on('message', (input: unknown) => void answer(input));

async function answer(input: unknown): Promise<void> {
  try {
    parentPort!.postMessage({ value: await task(input) });
  } catch (error) {
    // An error that is posted as it is loses its name, unless it is one of JavaScript's own.
    const { name, message } = error as Error;
    parentPort!.postMessage({ error: { name, message } });
  }
}
