// Has one timer for all: who calls while it runs waits only for the rest of it.
// fails: every call waits for one second of its own
import { setTimeout } from 'node:timers/promises';

let second: Promise<unknown> | undefined;

export async function fetchData(url: string): Promise<string> {
  second ??= setTimeout(1000).finally(() => {
    second = undefined;
  });
  await second;
  return `Data from ${url}`;
}
