// `finally` gives a second promise that fails as well, and nobody handles that one.
// fails: rejects with the error of a failing URL, at once
// fails: leaves no rejection unhandled when several URLs fail
import { request } from 'undici';

let running = 0;

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  return Promise.all(
    urls.map((url) => {
      running += 1;
      const fetched = fetchOne(url);
      fetched.finally(() => {
        running -= 1;
      });
      return fetched;
    }),
  );
}

async function fetchOne(url: string): Promise<string> {
  const { body } = await request(url);
  return body.text();
}
