import { request } from 'undici';

// Waits until everything is settled, and only then looks for a failure: so nothing runs on when it rejects.
export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const results = await Promise.allSettled(urls.map(fetchOne));
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function fetchOne(url: string): Promise<string> {
  const { body } = await request(url);
  return body.text();
}
