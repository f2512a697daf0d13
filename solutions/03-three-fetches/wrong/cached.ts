// Keeps what it once read: the second call never asks the server.
// fails: returns what the server sends, asked anew on every call
// fails: rejects with the error of a failing URL, at once
import { request } from 'undici';

const cache = new Map<string, Promise<string>>();

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  return Promise.all(
    urls.map((url) => {
      const known = cache.get(url) ?? fetchOne(url);
      cache.set(url, known);
      return known;
    }),
  );
}

async function fetchOne(url: string): Promise<string> {
  const { body } = await request(url);
  return body.text();
}
