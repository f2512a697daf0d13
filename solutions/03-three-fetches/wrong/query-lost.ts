// Puts the address together again from its parts, and forgets the query.
// fails: sends each request once, and all three before the first answer
import { request } from 'undici';

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  return Promise.all(
    urls.map((url) => {
      const { origin, pathname } = new URL(url);
      return fetchOne(origin + pathname);
    }),
  );
}

async function fetchOne(url: string): Promise<string> {
  const { body } = await request(url);
  return body.text();
}
