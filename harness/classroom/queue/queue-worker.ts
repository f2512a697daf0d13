import { hostname } from 'node:os';
import { UnrecoverableError, Worker, type Job } from 'bullmq';
import * as v from 'valibot';
import type { Kata } from '../../catalog/kata.ts';
import { messageOf } from '../../catalog/message-of.ts';
import { real } from '../../trace/real-time.ts';
import type { AnswerJudge } from '../grade-parts.ts';
import { unknownVerdicts } from '../grade-report.ts';
import { filesOf, jobSchema, mostTries, type JobData } from './job-data.ts';
import type { JobResult } from './job-result.ts';
import { harnessPart, queueName } from './queue-name.ts';
import { QueueRegister } from './queue-register.ts';
import type { RedisPlace } from './redis-place.ts';

export interface QueueWorkerOptions {
  readonly place: RedisPlace;
  readonly katas: readonly Kata[];
  readonly harnessOf: (kata: Kata) => string;
  /** Judges the answers. It stays open: whoever opened it closes it. */
  readonly judge: AnswerJudge;
  /** How many jobs it has at the same time; default 1. */
  readonly jobs?: number;
  /** What whoever runs it should know, as a sentence. */
  readonly say?: (sentence: string) => void;
  /**
   * How long a job stays with a worker that gives no sign of life, in milliseconds: a sign is given twice in the time, and after it another worker
   * takes the job. Default 30,000.
   */
  readonly leaseMs?: number;
}

/**
 * Takes jobs off a queue and judges them, until it is closed. A job belongs to it while it gives signs of life; what it says of a job that
 * has gone to another one meanwhile is not taken.
 */
export class QueueWorker {
  readonly #worker: Worker<unknown, JobResult>;
  readonly #register: QueueRegister;
  readonly #options: QueueWorkerOptions;
  readonly #katas: ReadonlyMap<string, Kata>;
  readonly #name: string;
  readonly #told = new Set<string>();
  readonly #looking: NodeJS.Timeout;
  #active = 0;
  #done = 0;

  /** @throws {QueueError} where no server answers. */
  static async start(options: QueueWorkerOptions): Promise<QueueWorker> {
    const register = await QueueRegister.open(options.place);
    const worker = new QueueWorker(register, options);
    await worker.#worker.waitUntilReady();
    worker.#say(
      `Worker ${hostname()}:${process.pid} takes jobs from ${options.place.shown}, ${options.jobs ?? 1} at a time, for harness ${harnessPart(worker.#name)}.`,
    );
    await worker.#tellOthers();
    return worker;
  }

  private constructor(register: QueueRegister, options: QueueWorkerOptions) {
    const { place, katas, harnessOf, jobs = 1, leaseMs = 30_000 } = options;
    this.#options = options;
    this.#register = register;
    this.#katas = new Map(katas.map((kata) => [kata.id, kata]));
    this.#name = queueName(katas, harnessOf);
    this.#worker = new Worker(this.#name, (job: Job<unknown>) => this.#process(job), {
      connection: { url: place.url },
      name: `${hostname()}:${process.pid}`,
      concurrency: jobs,
      lockDuration: leaseMs,
      stalledInterval: leaseMs,
      // One limit for both ways in which a job can fail: by an error, and by the end of its worker.
      maxStartedAttempts: mostTries,
      maxStalledCount: mostTries,
    });
    this.#worker.on('error', (error) => this.#sayOnce(`The queue says: ${messageOf(error)}`));
    this.#looking = real.setInterval(() => {
      this.#tellOthers().catch(() => {});
    }, leaseMs);
  }

  /** Jobs that it has now, and jobs that it has done with. */
  get counts(): { readonly active: number; readonly done: number } {
    return { active: this.#active, done: this.#done };
  }

  /** Takes nothing more, and resolves once what it has is judged and given back. */
  async close(): Promise<void> {
    clearInterval(this.#looking);
    await this.#worker.close();
    await this.#register[Symbol.asyncDispose]();
  }

  async #process(job: Job<unknown>): Promise<JobResult> {
    this.#active += 1;
    try {
      const data = readJob(job.data);
      const kata = this.#kataOf(data);
      const isLast = job.attemptsStarted >= mostTries;
      return await this.#resultOf(data, kata, isLast);
    } finally {
      this.#active -= 1;
      this.#done += 1;
    }
  }

  async #resultOf(data: JobData, kata: Kata, isLast: boolean): Promise<JobResult> {
    const { judge } = this.#options;
    if (data.kind === 'tests') {
      return { kind: 'tests', kata: kata.id, names: await judge.testsOf(kata) };
    }
    using desk = await judge.takeDesk([kata]);
    const judgement = await desk.judge(kata, filesOf(data), { seed: data.seed });
    // Another machine may be able to judge it, or this one once it is calmer.
    if (unknownVerdicts.has(judgement.verdict) && !isLast) {
      throw new Error(judgement.reason ?? judgement.verdict);
    }
    return { kind: 'answer', kata: kata.id, judgement };
  }

  /** What is not for this worker is refused for good: on its own queue there is no other that could take it. */
  #kataOf(data: JobData): Kata {
    const kata = this.#katas.get(data.kata);
    if (kata === undefined) {
      throw new UnrecoverableError(`The worker does not have the kata ${data.kata}.`);
    }
    const harness = this.#options.harnessOf(kata);
    if (harness !== data.harness) {
      throw new UnrecoverableError(
        `The job is for another harness than the worker's (${data.harness.slice(0, 12)}, not ${harness.slice(0, 12)}): both have to run from the same checkout, with the same Node.`,
      );
    }
    const strange = Object.keys(data.kind === 'answer' ? data.files : {}).find(
      (name) => !kata.files.includes(name),
    );
    if (strange === undefined) return kata;
    throw new UnrecoverableError(`Expected files that ${kata.id} names, got "${strange}".`);
  }

  async #tellOthers(): Promise<void> {
    const waiting = await this.#register.waitingElsewhere(this.#name);
    for (const [name, count] of waiting) {
      this.#sayOnce(
        `${count} jobs wait for another harness (${harnessPart(name)}) than this worker's (${harnessPart(this.#name)}), which does not take them: it would judge by other rules. Run a worker from the checkout that they came from, with the same Node, system and sandbox.`,
        name,
      );
    }
  }

  #sayOnce(sentence: string, about: string = sentence): void {
    if (this.#told.has(about)) return;
    this.#told.add(about);
    this.#say(sentence);
  }

  #say(sentence: string): void {
    this.#options.say?.(sentence);
  }
}

function readJob(data: unknown): JobData {
  const read = v.safeParse(jobSchema, data);
  if (read.success) return read.output;
  throw new UnrecoverableError(`Expected a job of the grader, got: ${read.issues[0].message}.`);
}
