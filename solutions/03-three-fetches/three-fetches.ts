import { request } from 'undici';

/** Fetches every URL and resolves with the bodies, in the order of `urls`. */
export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  // Each call of fetchOne sends its request before the next call is made: nothing is awaited in between. Promise.all then
  // waits for all of them, keeps their order, and listens to every one of them for an error.
  return Promise.all(urls.map((url) => fetchOne(url)));
}

async function fetchOne(url: string): Promise<string> {
  const { body } = await request(url);
  return body.text();
}
