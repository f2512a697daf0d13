// Listens to the error of the request only. A connection that breaks amid the body is an error of the response: nobody hears it.
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
      response.on('end', () => resolve(body));
    }).on('error', reject);
  });
}
