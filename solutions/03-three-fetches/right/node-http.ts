import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

// Without promises until the end: callbacks fill the places of a list.
export function fetchAll(urls: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const bodies: string[] = [];
    let missing = urls.length;
    if (missing === 0) resolve(bodies);
    for (const [index, url] of urls.entries()) {
      get(url, (response: IncomingMessage) => {
        text(response).then((body) => {
          bodies[index] = body;
          missing -= 1;
          if (missing === 0) resolve(bodies);
        }, reject);
      }).on('error', reject);
    }
  });
}
