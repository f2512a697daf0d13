// Makes a text of each piece of the body: a character that is split between two pieces is broken.
// fails: returns what the server sends, asked anew on every call
import { request } from 'undici';

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  return Promise.all(
    urls.map(async (url) => {
      const { body } = await request(url);
      let text = '';
      for await (const piece of body) text += String(piece);
      return text;
    }),
  );
}
