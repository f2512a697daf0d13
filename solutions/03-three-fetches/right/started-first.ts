import { request } from 'undici';

// Start every request, keep the promises, then wait for all of them.
export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const started: Promise<string>[] = [];
  for (const url of urls) started.push(fetchOne(url));
  return Promise.all(started);
}

async function fetchOne(url: string): Promise<string> {
  const response = await request(url);
  return response.body.text();
}
