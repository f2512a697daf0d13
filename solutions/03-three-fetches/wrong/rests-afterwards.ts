// Has every body, and then waits a little longer, so that the connections "come to rest".
// fails: eleven fetches take exactly as long as the slowest one
import { request } from 'undici';

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const bodies = await Promise.all(urls.map(fetchOne));
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  return bodies;
}

async function fetchOne(url: string): Promise<string> {
  const { body } = await request(url);
  return body.text();
}
