// The program that serves the demo: one process, or as many as it is told, which share the port. It answers its parent by messages.
import cluster from 'node:cluster';
import { pathToFileURL } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { addLandingPage } from './landing-page.ts';
import { LoopStalls } from './loop-stalls.ts';

/** What the parent asks: the longest stall of any process since it was asked last. */
export type DemoQuestion = { readonly ask: 'stall' };
export type DemoAnswer =
  | { readonly url: string }
  | { readonly stallMs: number }
  | { readonly problem: string };

const [file = '', port = '0', processes = '1'] = process.argv.slice(2);

if (cluster.isPrimary && Number(processes) > 1) startProcesses(Number(processes));
else await serve();

async function serve(): Promise<void> {
  const { buildApp }: { buildApp: () => FastifyInstance } = await import(pathToFileURL(file).href);
  const stalls = new LoopStalls();
  const app = buildApp();
  addLandingPage(app, stalls);
  process.on('message', ({ ask }: DemoQuestion) => {
    if (ask === 'stall') tell({ stallMs: stalls.takeLongest() });
  });
  process.once('disconnect', () => process.exit());
  try {
    tell({ url: await app.listen({ host: '127.0.0.1', port: Number(port) }) });
  } catch (error) {
    tell({ problem: error instanceof Error ? error.message : String(error) });
  }
}

function startProcesses(count: number): void {
  const workers = Array.from({ length: count }, () => cluster.fork());
  let listening = 0;
  for (const worker of workers) {
    worker.on('message', (answer: DemoAnswer) => {
      if ('url' in answer && (listening += 1) < count) return;
      if (!('stallMs' in answer)) tell(answer);
    });
  }
  process.on('message', (question: DemoQuestion) => {
    const asked = workers.map((worker) => askWorker(worker, question));
    void Promise.all(asked).then((stalls) => tell({ stallMs: Math.max(...stalls) }));
  });
  process.once('disconnect', () => process.exit());
}

function askWorker(
  worker: ReturnType<typeof cluster.fork>,
  question: DemoQuestion,
): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  worker.on('message', function take(answer: DemoAnswer) {
    if (!('stallMs' in answer)) return;
    worker.off('message', take);
    resolve(answer.stallMs);
  });
  worker.send(question);
  return promise;
}

function tell(answer: DemoAnswer): void {
  process.send?.(answer);
}
