// Lets no two calls begin at the same time: each begins 10 ms after the one before it.
// fails: three calls started together are all done after one second
import { setTimeout } from 'node:timers/promises';

let next = 0;

export async function fetchData(url: string): Promise<string> {
  const now = performance.now();
  const start = Math.max(now, next);
  next = start + 10;
  if (start > now) await setTimeout(start - now);
  await setTimeout(1000);
  return `Data from ${url}`;
}
