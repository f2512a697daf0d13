// Tells the caller of the first failure. A later one is thrown inside a `catch`, where nobody listens any more.
// fails: leaves no rejection unhandled when several URLs fail
import { request } from 'undici';

export function fetchAll(urls: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let failed = false;
    const all = urls.map(async (url) => {
      try {
        return await fetchOne(url);
      } catch (error) {
        if (failed) throw new Error(`${url} failed as well`, { cause: error });
        failed = true;
        reject(error);
        return '';
      }
    });
    Promise.all(all).then(resolve);
  });
}

async function fetchOne(url: string): Promise<string> {
  const { body } = await request(url);
  return body.text();
}
