import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Kata } from '../catalog/kata.ts';
import type { Confinement } from './confinement.ts';
import type { KataResult } from './kata-result.ts';
import type { RunOptions } from './kata-session.ts';
import type { SessionReply, SessionRequest } from './session-messages.ts';

/** The process that judged a kata failed, twice or in a way that a second try would repeat: nothing is known about the answer. */
export class SessionProcessError extends Error {
  override readonly name = 'SessionProcessError';
}

export interface SessionPoolOptions {
  /** Processes that judge side by side, each with a Vitest of its own; at least 1. */
  readonly size: number;
  /** Real milliseconds after which a job's process is ended: the last resort behind the watchdog. Default 300,000. */
  readonly limitMs?: number;
  /** Told in one sentence when a process died and was replaced. */
  readonly onRestart?: (sentence: string) => void;
  /** The program of a process; only tests name another one. */
  readonly script?: URL;
}

interface Job {
  readonly kata: Kata;
  readonly options: RunOptions;
  readonly resolve: (result: KataResult) => void;
  readonly reject: (error: Error) => void;
  deaths: number;
}

/** Judges katas side by side, each process one after another. */
export class SessionPool implements AsyncDisposable {
  readonly #options: Required<SessionPoolOptions>;
  readonly #waiting: Job[] = [];
  readonly #members = new Set<Member>();
  /** Why no job is taken any more. */
  #ended: ((kata: Kata) => SessionProcessError) | null = null;

  private constructor(options: SessionPoolOptions) {
    this.#options = {
      limitMs: 300_000,
      onRestart: () => {},
      script: new URL('session-process.ts', import.meta.url),
      ...options,
    };
  }

  /**
   * Starts the processes; a job may be given at once, it waits until one is ready.
   *
   * @throws {RangeError} where `size` is no positive whole number.
   */
  static open(options: SessionPoolOptions): SessionPool {
    if (!Number.isInteger(options.size) || options.size < 1) {
      throw new RangeError(
        `Expected \`size\` to be a positive whole number, got \`${options.size}\`.`,
      );
    }
    const pool = new SessionPool(options);
    for (let index = 0; index < options.size; index += 1) pool.#start();
    return pool;
  }

  /**
   * Judges `kata` as soon as a process is free.
   *
   * A job whose process dies is given to a fresh one, once, and `onRestart` is told.
   *
   * @throws {SessionProcessError} where the second process died too, or the job was refused, or the pool is closed.
   */
  run(kata: Kata, options: RunOptions): Promise<KataResult> {
    if (this.#ended !== null) return Promise.reject(this.#ended(kata));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ kata, options, resolve, reject, deaths: 0 });
      this.#assign();
    });
  }

  /**
   * Lets the pool's processes start a test process each in a place where nothing is judged yet.
   *
   * @param packages which the process loads at once.
   */
  prepare(confinement: Confinement, packages: readonly string[]): void {
    for (const member of this.#members) member.prepare(confinement, packages);
  }

  /** Ends the test processes that the pool's processes keep for answers to come, with all that earlier answers have left running in them. */
  drop(): void {
    for (const member of this.#members) member.drop();
  }

  /** Ends the processes; resolves when all are gone. Jobs that have not ended are rejected. */
  async close(): Promise<void> {
    this.#end(closedError);
    await Promise.all([...this.#members].map((member) => member.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #start(): void {
    const member: Member = new Member(this.#options, {
      idle: () => this.#assign(),
      gone: (job, reason, wasReady) => this.#replace(member, job, reason, wasReady),
    });
    this.#members.add(member);
  }

  #assign(): void {
    for (const member of this.#members) {
      if (!member.isIdle) continue;
      const job = this.#waiting.shift();
      if (job === undefined) return;
      member.run(job);
    }
  }

  #replace(member: Member, job: Job | null, reason: string, wasReady: boolean): void {
    this.#members.delete(member);
    if (this.#ended !== null) {
      job?.reject(this.#ended(job.kata));
      return;
    }
    if (!wasReady) {
      // Another one would fare the same: those that are left go on, and without any nobody would ever take the jobs that wait.
      if (this.#members.size === 0) {
        this.#end(
          () => new SessionProcessError(`No process could start that judges katas: ${reason}`),
        );
      }
      return;
    }
    if (job !== null) this.#repeat(job, reason);
    this.#start();
  }

  #repeat(job: Job, reason: string): void {
    job.deaths += 1;
    const sentence = `The process that judged ${subjectOf(job)} died: ${reason}`;
    if (job.deaths > 1) {
      job.reject(new SessionProcessError(`${sentence} It was the second one; nothing is known.`));
      return;
    }
    this.#options.onRestart(`${sentence} It is judged again in a fresh process.`);
    this.#waiting.unshift(job);
  }

  #end(why: (kata: Kata) => SessionProcessError): void {
    this.#ended ??= why;
    for (const job of this.#waiting.splice(0)) job.reject(this.#ended(job.kata));
  }
}

interface MemberEvents {
  readonly idle: () => void;
  readonly gone: (job: Job | null, reason: string, wasReady: boolean) => void;
}

/** One process of the pool. */
class Member {
  readonly #child: ChildProcess;
  readonly #events: MemberEvents;
  readonly #limitMs: number;
  readonly #exited = Promise.withResolvers<void>();
  #job: Job | null = null;
  #ready = false;
  #limit: NodeJS.Timeout | undefined;
  #overLimit = false;
  #errorOutput = '';

  constructor(options: Required<SessionPoolOptions>, events: MemberEvents) {
    this.#events = events;
    this.#limitMs = options.limitMs;
    this.#child = fork(fileURLToPath(options.script), [], {
      // A group of its own, so that the processes that it started can be ended with it.
      detached: true,
      env: environment(),
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.on('message', (reply: SessionReply) => this.#take(reply));
    this.#child.once('exit', (code, signal) => this.#end(code, signal));
    this.#child.once('error', (error) => {
      this.#errorOutput += error.message;
      if (this.#child.pid === undefined) this.#end(null, null);
    });
    this.#child.stderr!.on('data', (chunk: Buffer) => {
      this.#errorOutput = `${this.#errorOutput}${chunk.toString()}`.slice(-2000);
    });
  }

  get isIdle(): boolean {
    return this.#ready && this.#job === null;
  }

  run(job: Job): void {
    this.#job = job;
    this.#limit = setTimeout(() => {
      this.#overLimit = true;
      this.#kill();
    }, this.#limitMs);
    const { submission, shareProcess = false, confinement = null, seed, onTest } = job.options;
    this.#send({
      type: 'run',
      kata: job.kata,
      submission,
      shareProcess,
      confinement,
      seed,
      tellsTests: onTest !== undefined,
    });
  }

  prepare(confinement: Confinement, packages: readonly string[]): void {
    if (this.#ready) this.#send({ type: 'prepare', confinement, packages });
  }

  drop(): void {
    if (this.#ready) this.#send({ type: 'drop' });
  }

  async close(): Promise<void> {
    if (this.isIdle) this.#send({ type: 'close' });
    else this.#kill();
    const limit = setTimeout(() => this.#kill(), 10_000);
    await this.#exited.promise;
    clearTimeout(limit);
  }

  #send(request: SessionRequest): void {
    // A process that has just died cannot take it: its `exit` event gives the job back.
    this.#child.send(request, () => {});
  }

  #take(reply: SessionReply): void {
    if (reply.type === 'test') {
      this.#job?.options.onTest?.(reply.kata, reply.test);
      return;
    }
    if (reply.type === 'ready') this.#ready = true;
    else {
      const job = this.#job!;
      this.#release();
      if (reply.type === 'result') job.resolve(reply.result);
      else job.reject(new SessionProcessError(`${subjectOf(job)}: ${reply.message}`));
    }
    this.#events.idle();
  }

  #release(): void {
    clearTimeout(this.#limit);
    this.#job = null;
  }

  #end(code: number | null, signal: NodeJS.Signals | null): void {
    const [job, wasReady] = [this.#job, this.#ready];
    this.#release();
    this.#ready = false;
    const how = this.#overLimit
      ? `it did not end within ${this.#limitMs / 1000} s`
      : `it ended with ${signal === null ? `code ${code}` : `signal ${signal}`}`;
    const output = this.#errorOutput.trim();
    // What it started dies with it, also where it was ended from outside.
    this.#kill();
    this.#exited.resolve();
    this.#events.gone(job, `${how}.${output === '' ? '' : ` It said: ${output}`}`, wasReady);
  }

  #kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#child.kill('SIGKILL');
      else process.kill(-pid, 'SIGKILL');
    } catch {
      // Nothing of the group is left.
    }
  }
}

/** Each process has its own last words, and none may take itself for a test process of the Vitest that runs the pool. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:KATA_WATCHDOG_FILE|KATAS_FROM|NODE_V8_COVERAGE|VITEST.*)$/.test(name),
    ),
  );
}

function subjectOf(job: Job): string {
  return `${job.kata.id} with ${job.options.submission ?? 'the answer in katas/'}`;
}

function closedError(kata: Kata): SessionProcessError {
  return new SessionProcessError(`The pool was closed before ${kata.id} was judged.`);
}
