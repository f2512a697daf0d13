// Joins a request of another call that is still in flight: the second call does not ask.
// fails: returns what the server sends, asked anew on every call
import { request } from 'undici';

const inFlight = new Map<string, Promise<string>>();

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const mine: [string, Promise<string>][] = urls.map((url) => [
    url,
    inFlight.get(url) ?? fetchOne(url),
  ]);
  for (const [url, request] of mine) inFlight.set(url, request);
  try {
    return await Promise.all(mine.map(([, request]) => request));
  } finally {
    for (const [url] of mine) inFlight.delete(url);
  }
}

async function fetchOne(url: string): Promise<string> {
  const { body } = await request(url);
  return body.text();
}
