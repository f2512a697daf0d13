// Keeps what it once fetched: the same call, made again, does not wait.
// fails: every call waits for one second of its own
import { setTimeout } from 'node:timers/promises';

const cache = new Map<string, Promise<string>>();

export function fetchData(url: string): Promise<string> {
  const known = cache.get(url) ?? setTimeout(1000, `Data from ${url}`);
  cache.set(url, known);
  return known;
}
