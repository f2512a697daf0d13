import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

/** Builds the server: `GET /healthz` answers by itself, `GET /example` with the JSON of `upstream`. */
export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const app = fastify();

  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/example', async (_request, reply) => {
    try {
      return await getJson(upstream, timeoutMs);
    } catch (error) {
      return reply
        .code(isTimeout(error) ? 504 : 502)
        .send({ error: 'The upstream did not answer well.' });
    }
  });

  return app;
}

// TODO: while this waits for its answer, the whole server waits. Nobody else is served, /healthz neither.
async function getJson(url: string, timeoutMs: number): Promise<unknown> {
  const program = fileURLToPath(new URL('http-get.ts', import.meta.url));
  const output = execFileSync(process.execPath, [program, url, String(timeoutMs)], {
    encoding: 'utf8',
  });
  const { status, body } = JSON.parse(output) as { status: number; body: string };
  if (status !== 200) throw new Error(`The upstream answered with status ${status}.`);
  return JSON.parse(body);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 28;
}
