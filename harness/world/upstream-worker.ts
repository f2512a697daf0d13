// The other thread of an upstream: a slow API on real time, asked by messages.
import { parentPort, workerData } from 'node:worker_threads';
import { currentTrace } from '../trace/trace.ts';
import { startSlowApi } from './slow-api.ts';
import { zeroOf } from './trace-zero.ts';
import type { UpstreamAnswers, UpstreamOptions, UpstreamQuestion } from './upstream-messages.ts';

const options: UpstreamOptions = workerData;
const api = await startSlowApi(options);

parentPort?.on('message', ({ id, question }: { id: number; question: UpstreamQuestion }) => {
  void reply(id, question);
});

async function reply(id: number, question: UpstreamQuestion): Promise<void> {
  const message = await answer(question).then(
    (value) => ({ id, value }),
    (error: unknown) => ({ id, error }),
  );
  parentPort?.postMessage(message);
}

async function answer(question: UpstreamQuestion): Promise<UpstreamAnswers[keyof UpstreamAnswers]> {
  const { traffic, connections, origin } = api;
  if (question.ask === 'start') return { origin };
  if (question.ask === 'traffic') {
    const { inFlight, peak, hits, requests } = traffic;
    return { inFlight, peak, hits, requests, connections, zeroAt: zeroOf(currentTrace()) };
  }
  if (question.ask === 'reached') {
    await traffic.reached(question.inFlight);
    return null;
  }
  if (question.ask === 'open') api.open(question.path);
  if (question.ask === 'stop') await api.close();
  return null;
}
