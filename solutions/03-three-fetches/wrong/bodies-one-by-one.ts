// Waits for all heads, then reads one body after the other: a body that breaks is noticed when its turn comes.
// fails: rejects with the error of a failing URL, at once
import { request } from 'undici';

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(urls.map((url) => request(url)));
  const bodies: string[] = [];
  for (const { body } of answers) bodies.push(await body.text());
  return bodies;
}
