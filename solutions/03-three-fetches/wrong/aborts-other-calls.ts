// Ends the other requests when one failed, but those of every call: the controller belongs to all of them.
// fails: rejects with the error of a failing URL, at once
import { request } from 'undici';

let controller = new AbortController();

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const { signal } = controller;
  try {
    return await Promise.all(
      urls.map(async (url) => {
        const { body } = await request(url, { signal });
        return body.text();
      }),
    );
  } catch (error) {
    controller.abort();
    controller = new AbortController();
    throw error;
  }
}
