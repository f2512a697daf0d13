// Has a place for 64 KB. The rest of a longer body is lost.
// fails: returns what the server sends, asked anew on every call
import { request } from 'undici';

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  return Promise.all(
    urls.map(async (url) => {
      const { body } = await request(url);
      const buffer = Buffer.alloc(65_536);
      let length = 0;
      for await (const piece of body) length += (piece as Buffer).copy(buffer, length);
      return buffer.toString('utf8', 0, length);
    }),
  );
}
