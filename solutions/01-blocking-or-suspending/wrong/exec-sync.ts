// Starts a program that sleeps, and stands still until that program has ended.
// fails: the rest of the program goes on while fetchData waits
// fails: three calls started together are all done after one second
// fails: every call waits for one second of its own
import { execSync } from 'node:child_process';

export async function fetchData(url: string): Promise<string> {
  execSync('sleep 1');
  return `Data from ${url}`;
}
