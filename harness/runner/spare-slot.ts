import type { ChildProcess } from 'node:child_process';
import { packagesOf } from '../catalog/kata.ts';
import type { Kata } from '../catalog/kata.ts';
import type { Confinement } from './confinement.ts';
import { SpareProcess } from './spare-process.ts';
import type { SealedRun } from './spare-process.ts';

/** Answers that one process may judge: a memory that fills slowly must not decide about the last of them. */
const mostAnswers = 30;

/** How the next answer is judged. */
export interface NextAnswer {
  /** Whether its process may have judged other answers before, and may judge others after. */
  readonly shares: boolean;
  /** Where its process runs, and what its records are sealed for; null where they are not. */
  readonly confined: { readonly confinement: Confinement; readonly run: SealedRun } | null;
}

/** The processes of a session that wait for a test: at most one fresh, and one that has judged before. */
export class SpareSlot implements Disposable {
  #fresh: SpareProcess | null = null;
  #used: SpareProcess | null = null;
  /** Waits in another place, for answers that come after those of now. */
  #ahead: SpareProcess | null = null;
  #current: SpareProcess | null = null;
  #answers = 0;
  #free = Promise.withResolvers<void>();
  readonly #freed = (): void => this.#free.resolve();
  #next: NextAnswer = { shares: false, confined: null };
  #run = 0;
  /** Told while it is judged: it did something that its process may not have come out of whole. */
  spoiled = false;
  /** Told of the process that judges, when it is handed over. */
  onTaken: (child: ChildProcess) => void = () => {};

  /** Told when the process sent something that no spec needs. */
  onRefused: () => void = () => {};

  /** Starts a process for `kata`, unless one is there. */
  fill(kata: Kata): void {
    this.#fresh ??= SpareProcess.start(packagesOf(kata), this.#next.confined?.confinement ?? null);
  }

  /**
   * Starts a process in a place where nothing is judged yet, so that it is ready by then.
   *
   * @param packages to load at once.
   */
  prepare(confinement: Confinement, packages: readonly string[]): void {
    if (this.#ahead?.confinement?.name === confinement.name) return;
    this.#ahead?.[Symbol.dispose]();
    this.#ahead = SpareProcess.start(packages, confinement);
  }

  /** Says that `kata` is judged next, and how. */
  begin(kata: Kata, next: NextAnswer): void {
    this.#next = next;
    this.#run += 1;
    this.spoiled = false;
    this.#current = null;
    this.#free = Promise.withResolvers();
    this.#dropStrangers();
    if (next.shares && this.#used !== null) return;
    // A process that Vitest starts itself could neither be given back nor be confined.
    if (next.shares || next.confined !== null) this.fill(kata);
  }

  /**
   * A process for a worker that asks for `execArgv` and `env`; null where none can serve.
   *
   * @throws {Error} where an answer must be confined and cannot be.
   */
  take(execArgv: readonly string[], env: Partial<NodeJS.ProcessEnv>): ChildProcess | null {
    const child = this.#takeUsed(execArgv, env) ?? this.#takeFresh(execArgv, env);
    child?.once('exit', this.#freed);
    if (child !== null) this.onTaken(child);
    if (child === null) this.#free.resolve();
    if (child === null && this.#next.confined !== null) {
      throw new Error('Expected a confined process for the tests: none could be started.');
    }
    return child;
  }

  /** Counts the answers: a process that was ended may still speak when the next one is judged. */
  get run(): number {
    return this.#run;
  }

  /** Whether the process that judges now is confined. */
  get confines(): boolean {
    return this.#next.confined !== null;
  }

  /** What the process that judges now seals its records with. */
  get secret(): string {
    return this.#current?.secret ?? '';
  }

  /** Whether the process that judges now has judged others before. */
  get hasJudged(): boolean {
    return this.#answers > 0;
  }

  /** Whether the process that judges now is to be given back. */
  get keeps(): boolean {
    return this.#next.shares && !this.spoiled && this.#answers + 1 < mostAnswers;
  }

  /** Takes the process back that judges now, for the next answer that may share one. */
  put(): void {
    if (this.#current === null) return;
    this.#current.child.off('exit', this.#freed);
    this.#answers += 1;
    this.#used?.[Symbol.dispose]();
    this.#used = SpareProcess.used(this.#current);
    this.#freed();
  }

  /** Ends the processes that wait in the place of the answers judged last. */
  drop(): void {
    this.#fresh?.[Symbol.dispose]();
    this.#used?.[Symbol.dispose]();
    this.#fresh = null;
    this.#used = null;
  }

  /** Resolves when the process that judged an answer was given back, or has ended. */
  get free(): Promise<void> {
    return this.#free.promise;
  }

  [Symbol.dispose](): void {
    this.#ahead?.[Symbol.dispose]();
    this.drop();
  }

  /** Ends the processes that wait in another place than the next answer's. */
  #dropStrangers(): void {
    const name = this.#next.confined?.confinement.name;
    this.#fresh = keepIn(name, this.#fresh);
    this.#used = keepIn(name, this.#used);
    if (this.#fresh !== null || this.#ahead?.confinement?.name !== name) return;
    this.#fresh = keepIn(name, this.#ahead);
    this.#ahead = null;
  }

  #takeUsed(execArgv: readonly string[], env: Partial<NodeJS.ProcessEnv>): ChildProcess | null {
    if (!this.#next.shares) return null;
    const used = this.#used;
    this.#used = null;
    return this.#handOver(used, execArgv, env);
  }

  #takeFresh(execArgv: readonly string[], env: Partial<NodeJS.ProcessEnv>): ChildProcess | null {
    const fresh = this.#fresh;
    this.#fresh = null;
    this.#answers = 0;
    return this.#handOver(fresh, execArgv, env);
  }

  #handOver(
    spare: SpareProcess | null,
    execArgv: readonly string[],
    env: Partial<NodeJS.ProcessEnv>,
  ): ChildProcess | null {
    const child = spare?.take(execArgv, env, this.#next.confined?.run ?? null) ?? null;
    if (child !== null) this.#current = spare;
    return child;
  }
}

/** `spare` where it can serve in the place called `name`; else it is ended. */
function keepIn(name: string | undefined, spare: SpareProcess | null): SpareProcess | null {
  if (spare === null) return null;
  if (spare.confinement?.name === name && spare.isAlive) return spare;
  spare[Symbol.dispose]();
  return null;
}
