// Takes an empty text for a mistake, and throws.
// fails: each call resolves with the data from its own URL
import { setTimeout } from 'node:timers/promises';

export async function fetchData(url: string): Promise<string> {
  if (!url) throw new TypeError('no URL was given');
  await setTimeout(1000);
  return `Data from ${url}`;
}
