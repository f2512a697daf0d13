// `race` resolves with the first answer; the others are thrown away.
// fails: eleven fetches take exactly as long as the slowest one
// fails: returns the bodies in the order of the URLs, whichever comes first
// fails: returns what the server sends, asked anew on every call
// fails: returns an empty list when there is no URL
import { request } from 'undici';

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const first = await Promise.race(urls.map(fetchOne));
  return urls.map(() => first);
}

async function fetchOne(url: string): Promise<string> {
  const { body } = await request(url);
  return body.text();
}
