// Answers each message on the port that came with it.
import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

const { default: task } = await import(workerData);

parentPort!.on('message', ({ input, port }: { input: unknown; port: MessagePort }) => {
  void Promise.try(() => task(input))
    .then(
      (value: unknown) => ({ value }),
      ({ name, message }: Error) => ({ error: { name, message } }),
    )
    .then((answer) => {
      port.postMessage(answer);
      port.close();
    });
});
