// The timer is right, but a sleep was left standing before it.
// fails: the rest of the program goes on while fetchData waits
import { setTimeout } from 'node:timers/promises';

export async function fetchData(url: string): Promise<string> {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  await setTimeout(1000);
  return `Data from ${url}`;
}
