import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { endpoints } from './endpoints.ts';
import type { LoopStalls } from './loop-stalls.ts';

const tellEveryMs = 100;
const stylesheet = readFileSync(new URL('landing-page.css', import.meta.url), 'utf8');
const script = readFileSync(new URL('landing-page-client.js', import.meta.url), 'utf8');

/** Adds the page that lists the endpoints, with a strip that shows how long the event loop stood still, to the demo's server. */
export function addLandingPage(app: FastifyInstance, stalls: LoopStalls): void {
  app.get('/', (_request, reply) =>
    reply
      .header('content-security-policy', "default-src 'self'; base-uri 'none'")
      .type('text/html; charset=utf-8')
      .send(page()),
  );
  app.get('/demo/style.css', (_request, reply) => reply.type('text/css').send(stylesheet));
  app.get('/demo/client.js', (_request, reply) => reply.type('text/javascript').send(script));
  const streams = new Set<PassThrough>();
  app.addHook('preClose', (done) => {
    for (const stream of streams) stream.end();
    done();
  });
  app.get('/demo/stalls', (_request, reply) => {
    const stream = new PassThrough();
    streams.add(stream);
    let longest = 0;
    const forget = stalls.watch((stallMs) => {
      longest = Math.max(longest, stallMs);
    });
    const timer = setInterval(() => {
      stream.write(`data: ${Math.round(longest)}\n\n`);
      longest = 0;
    }, tellEveryMs);
    reply.raw.once('close', () => {
      clearInterval(timer);
      forget();
      streams.delete(stream);
    });
    return reply.type('text/event-stream').header('cache-control', 'no-store').send(stream);
  });
}

function page(): string {
  const rows = endpoints.map(
    ({ path, shows }) => `<tr>
  <td><button type="button" data-path="${path}">${path}</button></td>
  <td>${shows}</td>
  <td class="answer"><output data-answer="${path}"></output></td>
</tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sync against async: the demo</title>
<link rel="stylesheet" href="/demo/style.css">
<script src="/demo/client.js" type="module"></script>
</head>
<body>
<main>
<h1>Sync against async</h1>
<p>Press an endpoint and look at the strip. It shows for how long the event loop of this server stood still: one bar for each tenth of a
second. While it stands still, nobody is served.</p>
<figure>
<canvas id="strip" height="120" role="img" aria-label="Stalls of the event loop in the last seconds"></canvas>
<figcaption>Longest stall just now: <output id="now">0 ms</output>. Longest of all: <output id="longest">0 ms</output>.</figcaption>
</figure>
<p><label>Requests at the same time <input id="count" type="number" min="1" max="100" value="1"></label></p>
<table>
<thead><tr><th scope="col">Endpoint</th><th scope="col">What it shows</th><th scope="col">Answered</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</main>
</body>
</html>
`;
}
