// Lets each call wait for the one before it: three calls take three seconds.
// fails: three calls started together are all done after one second
// fails: every call waits for one second of its own
import { setTimeout } from 'node:timers/promises';

let last: Promise<unknown> = Promise.resolve();

export function fetchData(url: string): Promise<string> {
  const data = last.then(() => setTimeout(1000, `Data from ${url}`));
  last = data;
  return data;
}
