import type { ChildProcess } from 'node:child_process';
import type { Kata } from '../catalog/kata.ts';
import { SpareProcess } from './spare-process.ts';

/** Answers that one process may judge: a memory that fills slowly must not decide about the last of them. */
const mostAnswers = 30;

/** The processes of a session that wait for a test: at most one fresh, and one that has judged before. */
export class SpareSlot implements Disposable {
  #fresh: SpareProcess | null = null;
  #used: SpareProcess | null = null;
  #answers = 0;
  #free = Promise.withResolvers<void>();
  #shares = false;
  /** Told while it is judged: it did something that its process may not have come out of whole. */
  spoiled = false;

  /** Starts a process for `kata`, unless one is there. */
  fill(kata: Kata): void {
    this.#fresh ??= SpareProcess.start(packagesOf(kata));
  }

  /** Says that `kata` is judged next, and whether its answer may share a process. */
  begin(kata: Kata, shares: boolean): void {
    this.#shares = shares;
    this.spoiled = false;
    this.#free = Promise.withResolvers();
    // A process that Vitest starts itself could not be given back.
    if (shares && this.#used === null) this.fill(kata);
  }

  /** A process for a worker that asks for `execArgv` and `env`; null where none can serve. */
  take(execArgv: readonly string[], env: Partial<NodeJS.ProcessEnv>): ChildProcess | null {
    const child = this.#takeUsed(execArgv, env) ?? this.#takeFresh(execArgv, env);
    child?.once('exit', this.#free.resolve);
    if (child === null) this.#free.resolve();
    return child;
  }

  /** Whether the process that judges now is to be given back. */
  get keeps(): boolean {
    return this.#shares && !this.spoiled && this.#answers + 1 < mostAnswers;
  }

  /** Takes a process back, for the next answer that may share one. */
  put(child: ChildProcess): void {
    this.#answers += 1;
    this.#used?.[Symbol.dispose]();
    this.#used = SpareProcess.used(child);
    this.#free.resolve();
  }

  /** Resolves when the process that judged an answer was given back, or has ended. */
  get free(): Promise<void> {
    return this.#free.promise;
  }

  [Symbol.dispose](): void {
    this.#fresh?.[Symbol.dispose]();
    this.#used?.[Symbol.dispose]();
  }

  #takeUsed(execArgv: readonly string[], env: Partial<NodeJS.ProcessEnv>): ChildProcess | null {
    if (!this.#shares) return null;
    const used = this.#used;
    this.#used = null;
    return used?.take(execArgv, env) ?? null;
  }

  #takeFresh(execArgv: readonly string[], env: Partial<NodeJS.ProcessEnv>): ChildProcess | null {
    const fresh = this.#fresh;
    this.#fresh = null;
    this.#answers = 0;
    return fresh?.take(execArgv, env) ?? null;
  }
}

/** The packages that an answer to `kata` may import: Node's own modules are there in any case. */
function packagesOf(kata: Kata): string[] {
  return kata.modules.filter((name) => !name.startsWith('node:') && !name.startsWith('.'));
}
