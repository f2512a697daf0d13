// Lets three calls wait at once, as many as in the example. The fourth must first wait for one of them.
// fails: every call waits for one second of its own
import { setTimeout } from 'node:timers/promises';

let running = 0;
const queue: (() => void)[] = [];

export async function fetchData(url: string): Promise<string> {
  if (running === 3) {
    await new Promise<void>((resolve) => {
      queue.push(resolve);
    });
  } else {
    running += 1;
  }
  await setTimeout(1000);
  const next = queue.shift();
  if (next) next();
  else running -= 1;
  return `Data from ${url}`;
}
