import { setTimeout } from 'node:timers/promises';

/** Resolves with the data of `url`, after one second. */
export async function fetchData(url: string): Promise<string> {
  // The timer is started, and `await` gives the event loop back: everybody else goes on. After one second the loop comes
  // back to this line.
  await setTimeout(1000);
  return `Data from ${url}`;
}
