import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { currentTrace } from '../trace/trace.ts';
import { seed } from './seed.ts';
import type { SlowRoutes } from './slow-route.ts';
import { zeroOf } from './trace-zero.ts';
import { spanOf } from './traffic.ts';
import type { TrafficRecord } from './traffic.ts';
import type { UpstreamAnswers, UpstreamQuestion, UpstreamTraffic } from './upstream-messages.ts';
import { WorldError } from './world-error.ts';

/** Who waits for an answer. Which answer belongs to which question is for `ask` to know. */
interface Asker {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * A slow API in a worker thread, which goes on while this thread is blocked. Its delays are real time.
 *
 * So that no verdict hangs on real time, let a route answer when enough requests are in flight (`together`) or when it is told
 * to (`gate`), with a `delayMs` as the end for a program that never gets there.
 */
export class Upstream {
  /** Where it listens, without a trailing slash. */
  readonly origin: string;
  #worker: UpstreamThread;
  #stopped = false;

  /** Made by {@link startUpstream}. */
  constructor(worker: UpstreamThread, origin: string) {
    this.#worker = worker;
    this.origin = origin;
  }

  /** The whole address of `path`. */
  readonly url = (path: string): string => this.origin + path;

  /** What it saw until now, its times in those of this thread's trace; only sensible on real time. */
  async traffic(): Promise<UpstreamTraffic> {
    const { zeroAt, requests, ...counts } = await this.#worker.ask({ ask: 'traffic' });
    const shift = zeroAt - zeroOf(currentTrace());
    return { ...counts, requests: requests.map((request) => shifted(request, shift)) };
  }

  /** Lets the requests for `path` through that `gate` or `together` holds, now and later. */
  async open(path: string): Promise<void> {
    await this.#worker.ask({ ask: 'open', path });
  }

  /** Resolves as soon as `inFlight` requests are in flight at once: never, for a program that does not get there. */
  async reached(inFlight: number): Promise<void> {
    await this.#worker.ask({ ask: 'reached', inFlight });
  }

  /** Breaks off every connection and ends the thread. A second call changes nothing. */
  async close(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    try {
      await this.#drawRequests();
    } finally {
      await this.#worker.end();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The timeline shows the other thread's requests too, unless its times are virtual: theirs are real. */
  async #drawRequests(): Promise<void> {
    const trace = currentTrace();
    if (trace.virtual) return;
    const { requests } = await this.traffic();
    for (const request of requests) trace.add(spanOf(request));
  }
}

/**
 * Starts a slow API in a worker thread.
 *
 * @throws {RangeError | TypeError} if a route makes no sense.
 * @example
 * await using upstream = await startUpstream({ routes: { '/slow': { together: 50, delayMs: 2000 } } });
 * await Promise.all(Array.from({ length: 100 }, () => app.inject('/example')));
 * expect((await upstream.traffic()).peak).toBeGreaterThanOrEqual(50);
 */
export async function startUpstream(options: {
  routes: SlowRoutes;
  seed?: number;
}): Promise<Upstream> {
  const thread = new UpstreamThread({ routes: options.routes, seed: options.seed ?? seed() });
  try {
    const { origin } = await thread.ask({ ask: 'start' });
    return new Upstream(thread, origin);
  } catch (error) {
    await thread.end();
    throw error;
  }
}

/** Asks the worker and matches its answers to the questions. */
class UpstreamThread {
  #worker: Worker;
  #questions = new Map<number, Asker>();
  #asked = 0;
  #failure: unknown = null;

  constructor(workerData: { routes: SlowRoutes; seed: number }) {
    // Without the options of this process: a debugger's port, say, can be had only once.
    this.#worker = new Worker(new URL('upstream-worker.ts', import.meta.url), {
      workerData,
      execArgv: [],
    });
    this.#worker.on('message', ({ id, value, error }) => {
      const question = this.#questions.get(id);
      this.#questions.delete(id);
      if (error) question?.reject(error);
      else question?.resolve(value);
    });
    this.#worker.on('error', (error) => {
      this.#fail(error);
    });
    this.#worker.on('exit', (code) => {
      this.#fail(
        new WorldError(`The upstream's thread ended (exit code ${code}) and answers no more.`, {
          kind: 'error',
        }),
      );
    });
  }

  ask<Ask extends UpstreamQuestion['ask']>(
    question: Extract<UpstreamQuestion, { ask: Ask }>,
  ): Promise<UpstreamAnswers[Ask]> {
    const { promise, resolve, reject } = Promise.withResolvers<UpstreamAnswers[Ask]>();
    if (this.#failure) return Promise.reject(this.#failure);
    this.#asked += 1;
    this.#questions.set(this.#asked, { resolve, reject });
    this.#worker.postMessage({ id: this.#asked, question });
    return promise;
  }

  /** A thread is ended only after it stopped listening: ended amid a request, its socket would close a moment later. */
  async end(): Promise<void> {
    if (this.#worker.threadId === -1) return;
    const exited = once(this.#worker, 'exit');
    await this.ask({ ask: 'stop' }).catch(() => {});
    await this.#worker.terminate();
    await exited;
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const question of this.#questions.values()) question.reject(this.#failure);
    this.#questions.clear();
  }
}

function shifted(request: TrafficRecord, byMs: number): TrafficRecord {
  const { startedAt, endedAt } = request;
  return {
    ...request,
    startedAt: startedAt + byMs,
    endedAt: endedAt === null ? null : endedAt + byMs,
  };
}
