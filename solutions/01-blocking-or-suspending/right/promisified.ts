import { promisify } from 'node:util';

const sleep = promisify(setTimeout);

// No `async` and no `await`: it is the promise that suspends, not the word.
export function fetchData(url: string): Promise<string> {
  return sleep(1000).then(() => `Data from ${url}`);
}
