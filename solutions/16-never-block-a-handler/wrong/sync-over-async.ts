// Lets a worker ask, and sleeps on the main thread until the worker is done: asynchronous code made synchronous.
// fails: /healthz keeps answering while the upstream is slow
// fails: one hundred requests wait for the upstream at the same time
// fails: a failing upstream does not hold up /healthz either
// fails: waits for timeoutMs and not longer
// fails: timeoutMs covers the body too
// fails: timeoutMs is 500 where it is not given
import { MessageChannel, Worker, receiveMessageOnPort } from 'node:worker_threads';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

interface Answer {
  status: number;
  body: string;
}

export function buildApp(options: { upstream: string; timeoutMs?: number }): FastifyInstance {
  const { upstream, timeoutMs = 500 } = options;
  const app = fastify();
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/example', async (_request, reply) => {
    try {
      const { status, body } = askSync(upstream, timeoutMs);
      if (status === 28) return await reply.code(504).send({ error: 'too late' });
      if (status === 200) return JSON.parse(body) as unknown;
    } catch {
      // Told below.
    }
    return reply.code(502).send({ error: 'bad answer' });
  });
  return app;
}

const program = `
const { get } = require('node:http');
const { text } = require('node:stream/consumers');
const { workerData } = require('node:worker_threads');
const { url, timeoutMs, port, done } = workerData;
const tell = (answer) => {
  port.postMessage(answer);
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
};
const signal = AbortSignal.timeout(timeoutMs);
const giveUp = () => tell({ status: signal.aborted ? 28 : 7, body: '' });
get(url, { agent: false, signal }, (response) => {
  text(response).then((body) => tell({ status: response.statusCode, body }), giveUp);
}).on('error', giveUp);
`;

function askSync(url: string, timeoutMs: number): Answer {
  const { port1, port2 } = new MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { url, timeoutMs, port: port2, done };
  void new Worker(program, { eval: true, workerData, transferList: [port2] });
  Atomics.wait(done, 0, 0);
  const answer = receiveMessageOnPort(port1)?.message as Answer;
  port1.close();
  return answer;
}
