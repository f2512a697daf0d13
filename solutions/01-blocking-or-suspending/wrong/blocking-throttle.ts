// Keeps its calls apart by blocking: the first call is right, the next one freezes the program.
// fails: the rest of the program goes on while fetchData waits
import { setTimeout } from 'node:timers/promises';

let last = -Infinity;

export async function fetchData(url: string): Promise<string> {
  if (Date.now() - last < 500) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  last = Date.now();
  await setTimeout(1000);
  return `Data from ${url}`;
}
