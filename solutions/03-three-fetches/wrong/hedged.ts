// Asks a second time whoever has not answered after half a second: a slow server is sent twice as much.
// fails: sends each request once, and all three before the first answer
import { request } from 'undici';

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  return Promise.all(urls.map(fetchHedged));
}

function fetchHedged(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const again = setTimeout(() => {
      fetchOne(url).then(resolve, reject);
    }, 500);
    fetchOne(url)
      .then(resolve, reject)
      .finally(() => clearTimeout(again));
  });
}

async function fetchOne(url: string): Promise<string> {
  const { body } = await request(url);
  return body.text();
}
