// Starts the program through a shell, as with `curl`. `await` before a blocking call does not make it wait elsewhere.
// fails: /healthz keeps answering while the upstream is slow
// fails: one hundred requests wait for the upstream at the same time
// fails: a failing upstream does not hold up /healthz either
// fails: waits for timeoutMs and not longer
// fails: timeoutMs covers the body too
// fails: timeoutMs is 500 where it is not given
import { execSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

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

async function getJson(url: string, timeoutMs: number): Promise<unknown> {
  const program = fileURLToPath(new URL('http-get.ts', import.meta.url));
  const output = execSync(`"${process.execPath}" "${program}" "${url}" ${timeoutMs}`, {
    encoding: 'utf8',
  });
  const { status, body } = JSON.parse(output) as { status: number; body: string };
  if (status !== 200) throw new Error(`The upstream answered with status ${status}.`);
  return JSON.parse(body);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 28;
}
