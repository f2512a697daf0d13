// Takes each address out of the list: the list of the caller is empty afterwards.
// fails: returns what the server sends, asked anew on every call
import { request } from 'undici';

export async function fetchAll(urls: string[]): Promise<string[]> {
  const started: Promise<string>[] = [];
  for (let url = urls.shift(); url !== undefined; url = urls.shift()) {
    started.push(fetchOne(url));
  }
  return Promise.all(started);
}

async function fetchOne(url: string): Promise<string> {
  const { body } = await request(url);
  return body.text();
}
