import { scheduler } from 'node:timers/promises';

// The same timer under its other name.
export async function fetchData(url: string): Promise<string> {
  await scheduler.wait(1000);
  return `Data from ${url}`;
}
