// Starts a process for each request, without blocking: a hundred requests are a hundred processes.
// fails: one hundred requests wait for the upstream at the same time
// fails: waits for timeoutMs and not longer
// fails: timeoutMs covers the body too
// fails: timeoutMs is 500 where it is not given
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
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
  const { stdout } = await promisify(execFile)(process.execPath, [program, url, String(timeoutMs)]);
  const { status, body } = JSON.parse(stdout) as { status: number; body: string };
  if (status !== 200) throw new Error(`The upstream answered with status ${status}.`);
  return JSON.parse(body);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && Number(error.code) === 28;
}
