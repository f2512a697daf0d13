// Encodes the URL, as for a real request: the text is no longer that of the call.
// fails: each call resolves with the data from its own URL
import { setTimeout } from 'node:timers/promises';

export async function fetchData(url: string): Promise<string> {
  await setTimeout(1000);
  return `Data from ${encodeURI(url)}`;
}
