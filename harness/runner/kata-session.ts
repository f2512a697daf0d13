import { rmSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import type { TestSpecification, Vitest } from 'vitest/node';
import type { Kata } from '../catalog/kata.ts';
import { projectRoot } from '../trace/source-location.ts';
import vitestConfig from '../../vitest.config.ts';
import { tagOf } from '../verdict/seal.ts';
import { warmStripCache } from '../submission/strip-cache.ts';
import { drawSeed } from './confinement.ts';
import type { Confinement } from './confinement.ts';
import { lastWordsVariable, startFirstProcess } from './first-process.ts';
import type { KataResult, TestResult } from './kata-result.ts';
import { ProcessGuard } from './process-guard.ts';
import type { SealedRun } from './spare-process.ts';
import type { SpareSlot } from './spare-slot.ts';
import { withoutFetch } from './without-fetch.ts';
import { ResultCollector } from './result-collector.ts';

export interface RunOptions {
  /** Where the answer comes from, as in `KATAS_FROM`; null is the learner's own `katas/`. */
  readonly submission: string | null;
  /** Called as soon as a test has ended. */
  readonly onTest?: (kata: string, test: TestResult) => void;
  /**
   * Whether the process that judges may have judged other answers before, and may judge others after. That is quicker by the start of a process;
   * what an answer leaves in its process (a global, a dispatcher) can reach the next one. Default false.
   */
  readonly shareProcess?: boolean;
  /** Where the process that judges runs; without one, as this process does. Then its records are sealed, and `seed` is used. */
  readonly confinement?: Confinement | null;
  /** Of all random input of a confined run, 0 to 2³²−1; drawn where it is not given. */
  readonly seed?: number;
}

/** Failures that leave the process as it was. */
const harmless: ReadonlySet<string> = new Set([
  'assertion',
  'deadlock',
  'runaway',
  'held',
  'busy-wait',
  'unhandled',
  'error',
]);

/**
 * A Vitest that is kept: it judges one submission after another, each in a fresh process, without starting anew.
 *
 * One session runs one thing at a time; for more, open more sessions in processes of their own (`KATAS_FROM` is inherited by the process
 * that runs a spec, so it belongs to a whole process).
 */
export class KataSession implements AsyncDisposable {
  readonly #vitest: Vitest;
  readonly #collector: { current: ResultCollector };
  readonly #spare: SpareSlot;
  readonly #specifications = new Map<string, TestSpecification[]>();

  private constructor(vitest: Vitest, collector: { current: ResultCollector }, spare: SpareSlot) {
    this.#vitest = vitest;
    this.#collector = collector;
    this.#spare = spare;
  }

  /** @param spare the processes that wait for tests: one may have been started for the first kata. */
  static async open(spare: SpareSlot = startFirstProcess()): Promise<KataSession> {
    const collector = { current: new ResultCollector(null) };
    const [{ createVitest }, { prewarmedPool }] = await withoutFetch(() =>
      Promise.all([import('vitest/node'), import('./prewarmed-pool.ts')]),
    );
    // The pool is given below.
    const { pool: _pool, ...options } = vitestConfig.test;
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    const vitest = await createVitest(
      'test',
      {
        root: projectRoot,
        // Given here, because Vite would load the file under a new name in each run, which no cache knows.
        config: false,
        ...options,
        watch: false,
        reporters: [
          {
            onTestRunStart: () => collector.current.onTestRunStart(),
            onTestModuleQueued: (module) => collector.current.onTestModuleQueued(module),
            onTestCaseReady: (test) => collector.current.onTestCaseReady(test),
            onTestCaseResult: (test) => collector.current.onTestCaseResult(test),
            onUserConsoleLog: (log) => collector.current.onUserConsoleLog(log),
            onTestRunEnd: (modules, errors) => collector.current.onTestRunEnd(modules, errors),
          },
        ],
      },
      // Not among the options above: those come as if from a command line, where a pool is a name.
      { test: { pool: prewarmedPool(spare) } },
      { stdout: silent, stderr: silent },
    );
    return new KataSession(vitest, collector, spare);
  }

  /** Judges `kata` and resolves with what came out; a red kata is a result, not a rejection. */
  async run(kata: Kata, options: RunOptions): Promise<KataResult> {
    const { confinement = null } = options;
    if (confinement !== null) return this.#runConfined(kata, options, confinement);
    this.#spare.begin(kata, { shares: options.shareProcess ?? false, confined: null });
    rmSync(process.env[lastWordsVariable]!, { force: true });
    return this.#judge(kata, options);
  }

  async #runConfined(
    kata: Kata,
    options: RunOptions,
    confinement: Confinement,
  ): Promise<KataResult> {
    const { seed = drawSeed() } = options;
    const run: SealedRun = { id: crypto.randomUUID(), seed: String(seed) };
    this.#spare.begin(kata, {
      shares: options.shareProcess ?? false,
      confined: { confinement, run },
    });
    let guard: ProcessGuard | null = null;
    let shared = false;
    this.#spare.onTaken = (child) => {
      shared = this.#spare.hasJudged;
      guard = new ProcessGuard(child, confinement.limits);
    };
    this.#spare.onRefused = () => guard?.end('message');
    // The process inside knows the file itself, not its name: so it must stay the same one.
    truncateSync(confinement.lastWords);
    const ownLastWords = process.env[lastWordsVariable];
    process.env[lastWordsVariable] = confinement.lastWords;
    try {
      const result = await this.#judge(kata, options);
      const { secret } = this.#spare;
      const breach = (guard as ProcessGuard | null)?.breach ?? null;
      if (breach !== null) this.#spare.drop();
      return {
        ...result,
        tests: result.tests.map((test) => withProof(test, run.id, secret)),
        confined: { run: run.id, seed: run.seed, breach, shared },
      };
    } finally {
      (guard as ProcessGuard | null)?.[Symbol.dispose]();
      this.#spare.onTaken = () => {};
      this.#spare.onRefused = () => {};
      process.env[lastWordsVariable] = ownLastWords;
    }
  }

  async #judge(kata: Kata, options: RunOptions): Promise<KataResult> {
    const collector = new ResultCollector(options.submission);
    collector.onTest = (id, test) => {
      if (!isHarmless(test)) this.#spare.spoiled = true;
      options.onTest?.(id, test);
    };
    this.#collector.current = collector;

    const specifications = await this.#find(kata);
    if (options.submission === null) delete process.env['KATAS_FROM'];
    else process.env['KATAS_FROM'] = options.submission;
    const run = this.#vitest.runTestSpecifications(specifications, true);
    // While the process starts that will load them.
    warmStripCache([kata.spec, ...kata.files.map((name) => path.join(kata.directory, name))]);
    await run;
    if (options.shareProcess) await this.#spare.free;

    const [result] = collector.results;
    if (result === undefined)
      throw new Error(`Expected a result for ${kata.id}: is ${kata.spec} there?`);
    return result;
  }

  /** Starts the process that will judge `kata` next: then a verdict comes sooner. */
  prepare(kata: Kata): void {
    this.#spare.fill(kata);
  }

  /** Starts a process that will judge the answers which come after those of now, in a place of their own. */
  prepareConfined(confinement: Confinement, packages: readonly string[]): void {
    this.#spare.prepare(confinement, packages);
  }

  /** Ends the test processes that wait, with all that answers have left running in them. */
  drop(): void {
    this.#spare.drop();
  }

  async close(): Promise<void> {
    this.#spare[Symbol.dispose]();
    await this.#vitest.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #find(kata: Kata): Promise<TestSpecification[]> {
    const known = this.#specifications.get(kata.id);
    if (known !== undefined) return known;
    const found = [this.#vitest.getRootProject().createSpecification(kata.spec)];
    this.#specifications.set(kata.id, found);
    return found;
  }
}

function withProof(test: TestResult, run: string, secret: string): TestResult {
  const { name, verdict, seal } = test;
  if (seal === undefined || secret === '') return { ...test, genuine: false };
  const tag = tagOf(secret, { run, test: name, verdict, changed: seal.changed });
  return { ...test, genuine: seal.tag === tag };
}

function isHarmless({ verdict, failure }: TestResult): boolean {
  return verdict === 'pass' || (failure !== null && harmless.has(failure.kind));
}
