// Keeps the URL outside of the function: while one call waits, the next one overwrites it.
// fails: each call resolves with the data from its own URL
import { setTimeout } from 'node:timers/promises';

let current = '';

export async function fetchData(url: string): Promise<string> {
  current = url;
  await setTimeout(1000);
  return `Data from ${current}`;
}
