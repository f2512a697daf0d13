import { Queue, QueueEvents } from 'bullmq';
import type { Kata } from '../../catalog/kata.ts';
import { messageOf } from '../../catalog/message-of.ts';
import { real, realDelay } from '../../trace/real-time.ts';
import type { AnswerDesk, AnswerFiles, AnswerJudge, Judgement } from '../grade-parts.ts';
import { unknownVerdicts } from '../grade-report.ts';
import { answerData, jobIdOf, mostAnswerBytes, mostTries, type JobData } from './job-data.ts';
import { readJobResult } from './job-result.ts';
import { queueName } from './queue-name.ts';
import { QueueRegister } from './queue-register.ts';
import type { RedisPlace } from './redis-place.ts';

export interface QueueJudgeOptions {
  readonly place: RedisPlace;
  /** All katas of the checkout, whichever are graded: the queue's name comes from them. */
  readonly katas: readonly Kata[];
  readonly harnessOf: (kata: Kata) => string;
  /** A regrade waits while anybody's ordinary run has jobs. */
  readonly isRegrade?: boolean;
  /** What whoever runs it should know now, as a sentence: no worker is there, the server is away. */
  readonly onNotice?: (sentence: string) => void;
  /** How often it looks after jobs of which no news came, in milliseconds; only tests name another. */
  readonly lookMs?: number;
}

/** Lower ones are taken first. */
const priorities = { interactive: 1, regrade: 10 } as const;

/** A result that nobody came for is dropped after a week. */
const keptSeconds = 7 * 24 * 3600;

/** After so long a server that does not answer is left without a farewell. */
const mostClosingMs = 5000;

interface Asked {
  readonly data: JobData;
  readonly end: PromiseWithResolvers<Outcome>;
}

type Outcome = { readonly value: unknown } | { readonly failure: string };

/**
 * Puts answers on a queue, and waits for what the workers say. A job is looked after until it has ended: one that the server has lost is put there
 * again, and one that is there already, from a run that was cut off, is not put there twice.
 */
export class QueueJudge implements AnswerJudge, AsyncDisposable {
  readonly #queue: Queue;
  readonly #events: QueueEvents;
  readonly #register: QueueRegister;
  readonly #options: QueueJudgeOptions;
  readonly #asked = new Map<string, Asked>();
  /** Why a job was given up: asked again in the same run, it is not begun again. */
  readonly #gaveUp = new Map<string, string>();
  readonly #forgetting = new Set<Promise<void>>();
  readonly #looking: NodeJS.Timeout;
  #ended = 0;
  #endedBefore = 0;
  #isAlone = false;
  #isAway = false;

  /** @throws {QueueError} where no server answers. */
  static async open(options: QueueJudgeOptions): Promise<QueueJudge> {
    const register = await QueueRegister.open(options.place);
    const name = queueName(options.katas, options.harnessOf);
    await register.add(name);
    const judge = new QueueJudge(name, register, options);
    await judge.#events.waitUntilReady();
    return judge;
  }

  private constructor(name: string, register: QueueRegister, options: QueueJudgeOptions) {
    const { url } = options.place;
    this.#options = options;
    this.#register = register;
    // Without a limit of retries: while the server is away, jobs wait for it.
    this.#queue = new Queue(name, {
      connection: { url, maxRetriesPerRequest: null },
      // An event holds a whole result. Who misses one looks after the job all the same.
      streams: { events: { maxLen: 500 } },
    });
    this.#events = new QueueEvents(name, { connection: { url } });
    this.#queue.on('error', (error) => this.#tellAway(error));
    this.#events.on('error', (error) => this.#tellAway(error));
    this.#events.on('completed', ({ jobId }) => this.#lookSoon(jobId));
    this.#events.on('failed', ({ jobId }) => this.#lookSoon(jobId));
    this.#looking = real.setInterval(() => this.#lookAtAll(), options.lookMs ?? 5000);
  }

  async takeDesk(): Promise<AnswerDesk> {
    // By the time that a desk is used again, or given back, whoever has it has kept the results before.
    let kept: string[] = [];
    const forget = (): void => {
      for (const id of kept) this.#forgetSoon(id);
      kept = [];
    };
    return {
      judge: async (kata, files, { seed }) => {
        forget();
        const { id, judgement } = await this.#judge(kata, files, seed);
        if (id !== null) kept.push(id);
        return judgement;
      },
      [Symbol.dispose]: forget,
    };
  }

  async testsOf(kata: Kata): Promise<readonly string[]> {
    const data: JobData = { kind: 'tests', kata: kata.id, harness: this.#options.harnessOf(kata) };
    const id = jobIdOf(data);
    const outcome = await this.#ask(id, data);
    await this.#forget(id);
    if ('failure' in outcome) throw new Error(outcome.failure);
    return readJobResult(outcome.value, data).names;
  }

  /** How many jobs nobody has taken yet, whoever put them there. */
  async waiting(): Promise<number> {
    return await this.#queue.getJobCountByTypes('waiting', 'prioritized', 'delayed');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** What is still on the queue stays there: a run that goes on finds its results. */
  async close(): Promise<void> {
    clearInterval(this.#looking);
    for (const { end } of this.#asked.values()) end.reject(new Error('The queue was left.'));
    this.#asked.clear();
    const farewell = async (): Promise<void> => {
      await Promise.all(this.#forgetting);
      await Promise.all([this.#queue.close(), this.#events.close()]);
    };
    await Promise.race([farewell().catch(() => {}), realDelay(mostClosingMs)]);
    await this.#register[Symbol.asyncDispose]();
  }

  /** Also the job's id, where its result is to be forgotten once it is kept. */
  async #judge(
    kata: Kata,
    files: AnswerFiles,
    seed: number,
  ): Promise<{ id: string | null; judgement: Judgement }> {
    const bytes = [...files.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (bytes > mostAnswerBytes) {
      return unjudged(
        `Its files have ${bytes} bytes, and a job of the queue takes ${mostAnswerBytes}: grade it without --queue.`,
      );
    }
    const harness = this.#options.harnessOf(kata);
    const data = answerData(kata, files, { harness, seed });
    const id = jobIdOf(data);
    const known = this.#gaveUp.get(id);
    if (known !== undefined) return unjudged(known);

    const outcome = await this.#ask(id, data);
    try {
      if ('failure' in outcome) throw new Error(outcome.failure);
      const { judgement } = readJobResult(outcome.value, { kind: 'answer', kata: kata.id });
      if (!unknownVerdicts.has(judgement.verdict)) return { id, judgement };
      await this.#forget(id);
      return { id: null, judgement };
    } catch (error) {
      const reason = messageOf(error);
      this.#gaveUp.set(id, reason);
      await this.#forget(id);
      return unjudged(reason);
    }
  }

  async #ask(id: string, data: JobData): Promise<Outcome> {
    const end = Promise.withResolvers<Outcome>();
    // Where the queue is left while the job is being put there, nobody listens yet.
    end.promise.catch(() => {});
    this.#asked.set(id, { data, end });
    await this.#put(id, data);
    // It may have ended in a run before this one.
    this.#lookSoon(id);
    return await end.promise;
  }

  async #put(id: string, data: JobData): Promise<void> {
    await this.#queue.add(data.kind, data, {
      jobId: id,
      priority: this.#options.isRegrade ? priorities.regrade : priorities.interactive,
      attempts: mostTries,
      backoff: { type: 'exponential', delay: 500 },
      removeOnComplete: { age: keptSeconds },
      removeOnFail: { age: keptSeconds },
    });
  }

  #lookSoon(id: string): void {
    // What cannot be seen now is looked for again.
    this.#look(id).catch((error: unknown) => this.#tellAway(error));
  }

  async #look(id: string): Promise<void> {
    if (!this.#asked.has(id)) return;
    const state = await this.#queue.getJobState(id);
    const job = await this.#queue.getJob(id);
    this.#isAway = false;
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    // The server was started anew, say, without what it had in memory.
    if (job === undefined) return await this.#put(id, asked.data);
    if (state === 'completed') this.#settle(id, { value: job.returnvalue });
    if (state === 'failed') this.#settle(id, { failure: reasonOf(job.failedReason) });
  }

  #settle(id: string, outcome: Outcome): void {
    // A result that comes twice is one.
    const asked = this.#asked.get(id);
    if (!this.#asked.delete(id)) return;
    this.#ended += 1;
    this.#isAlone = false;
    asked?.end.resolve(outcome);
  }

  #lookAtAll(): void {
    for (const id of this.#asked.keys()) this.#lookSoon(id);
    const isIdle = this.#asked.size > 0 && this.#ended === this.#endedBefore;
    this.#endedBefore = this.#ended;
    if (isIdle) this.#tellAlone().catch(() => {});
  }

  async #tellAlone(): Promise<void> {
    const isAlone = (await this.#queue.getWorkersCount()) === 0;
    if (isAlone && !this.#isAlone) {
      this.#notice(
        `Jobs wait at ${this.#options.place.shown}, and no worker takes them. Start one: npm run grade:worker -- --queue ${this.#options.place.shown}, from the same checkout with the same Node.`,
      );
    }
    this.#isAlone = isAlone;
  }

  #tellAway(error: unknown): void {
    if (!this.#isAway) {
      this.#notice(
        `The queue at ${this.#options.place.shown} cannot be reached: ${messageOf(error)}. It is tried again.`,
      );
    }
    this.#isAway = true;
  }

  #notice(sentence: string): void {
    this.#options.onNotice?.(sentence);
  }

  #forgetSoon(id: string): void {
    const forgetting = this.#forget(id).catch(() => {});
    this.#forgetting.add(forgetting);
    void forgetting.then(() => this.#forgetting.delete(forgetting));
  }

  async #forget(id: string): Promise<void> {
    await this.#queue.remove(id);
  }
}

function unjudged(reason: string): { id: null; judgement: Judgement } {
  const nothing = { passedTests: 0, tests: [], allTests: 0, judgedMs: 0 };
  return { id: null, judgement: { verdict: 'infrastructure', reason, ...nothing } };
}

/** Two reasons are BullMQ's own, for jobs whose worker was gone before it could give one. */
function reasonOf(failedReason: string): string {
  const isWorkersEnd = /started more than allowable|stalled more than allowable/.test(failedReason);
  if (isWorkersEnd) return `${mostTries} workers began it, and ended or fell silent over it.`;
  return failedReason;
}
