import { request } from 'undici';

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  return Promise.all(
    urls.map(async (url) => {
      const { body } = await request(url);
      await body.text();
      return new URL(url).pathname;
    }),
  );
}
