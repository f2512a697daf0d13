// Tidies the URL up: the text is no longer that of the call.
// fails: each call resolves with the data from its own URL
import { setTimeout } from 'node:timers/promises';

export async function fetchData(url: string): Promise<string> {
  await setTimeout(1000);
  return `Data from ${url.normalize().replaceAll('//', '/')}`;
}
