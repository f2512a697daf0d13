// Lets three calls wait at once. One that comes besides them freezes the program for a moment.
// fails: the rest of the program goes on while fetchData waits
import { setTimeout } from 'node:timers/promises';

let waiting = 0;

export async function fetchData(url: string): Promise<string> {
  if (waiting >= 3) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  waiting += 1;
  await setTimeout(1000);
  waiting -= 1;
  return `Data from ${url}`;
}
