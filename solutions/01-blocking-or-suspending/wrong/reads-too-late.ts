// Puts the URL outside of the function, and reads it one `await` later: of calls that are made in one go, all get the last URL.
// fails: each call resolves with the data from its own URL
import { setTimeout } from 'node:timers/promises';

let current = '';

export async function fetchData(url: string): Promise<string> {
  current = url;
  await Promise.resolve();
  const mine = current;
  await setTimeout(1000);
  return `Data from ${mine}`;
}
