// Starts a timer and does not wait for it: the data comes at once.
// fails: three calls started together are all done after one second
// fails: every call waits for one second of its own
import { setTimeout } from 'node:timers/promises';

export async function fetchData(url: string): Promise<string> {
  setTimeout(1000);
  return `Data from ${url}`;
}
