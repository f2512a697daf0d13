// Takes the `close` of a response for its end: half of a body counts as a body.
// fails: rejects with the error of a failing URL, at once
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  return Promise.all(urls.map(fetchOne));
}

function fetchOne(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, (response: IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        body += piece;
      });
      response.on('close', () => resolve(body));
    }).on('error', reject);
  });
}
