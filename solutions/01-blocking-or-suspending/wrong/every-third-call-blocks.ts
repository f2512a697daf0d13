// Rests after every two calls, by blocking: the third one freezes the program.
// fails: the rest of the program goes on while fetchData waits
import { setTimeout } from 'node:timers/promises';

let calls = 0;

export async function fetchData(url: string): Promise<string> {
  calls += 1;
  if (calls % 3 === 0) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  await setTimeout(1000);
  return `Data from ${url}`;
}
