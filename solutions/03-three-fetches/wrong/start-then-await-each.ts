// Starts every request, then waits for them one by one: a failure is unhandled while an earlier promise is awaited.
// fails: rejects with the error of a failing URL, at once
// fails: leaves no rejection unhandled when several URLs fail
import { request } from 'undici';

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const started = urls.map(fetchOne);
  const bodies: string[] = [];
  for (const promise of started) bodies.push(await promise);
  return bodies;
}

async function fetchOne(url: string): Promise<string> {
  const { body } = await request(url);
  return body.text();
}
