// Joins a call for the same URL that is still waiting: the later call is done too early.
// fails: every call waits for one second of its own
import { setTimeout } from 'node:timers/promises';

const inFlight = new Map<string, Promise<string>>();

export function fetchData(url: string): Promise<string> {
  const known = inFlight.get(url);
  if (known) return known;
  const data = setTimeout(1000, `Data from ${url}`).finally(() => inFlight.delete(url));
  inFlight.set(url, data);
  return data;
}
