import { parentPort, workerData } from 'node:worker_threads';

const { default: task } = await import(workerData.script);
const port = parentPort!;

port.on('message', (job: { id: number; input: unknown }) => void answer(job));

async function answer({ id, input }: { id: number; input: unknown }): Promise<void> {
  let reply;
  try {
    reply = { id, status: 'fulfilled', value: await task(input) };
    port.postMessage(reply);
  } catch (reason: any) {
    port.postMessage({
      id,
      status: 'rejected',
      reason: {
        name: reason?.name,
        message: reason?.message ?? String(reason),
        stack: reason?.stack,
      },
    });
  }
}
