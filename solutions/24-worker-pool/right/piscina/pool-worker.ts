// What piscina runs in its threads: the task, with its error told as plain data, so that its name comes back too.
import { workerData } from 'node:worker_threads';

const { default: task } = await import(workerData);

export default async function run(input: unknown): Promise<unknown> {
  try {
    return { value: await task(input) };
  } catch (error) {
    const { name, message } = error as Error;
    return { error: { name, message } };
  }
}
