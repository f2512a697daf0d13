import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { createVitest } from 'vitest/node';
import type { TestSpecification, Vitest } from 'vitest/node';
import type { Kata } from '../catalog/kata.ts';
import { projectRoot } from '../trace/source-location.ts';
import type { KataResult, TestResult } from './kata-result.ts';
import { lastWordsVariable, ResultCollector } from './result-collector.ts';

export interface RunOptions {
  /** Where the answer comes from, as in `KATAS_FROM`; null is the learner's own `katas/`. */
  readonly submission: string | null;
  /** Called as soon as a test has ended. */
  readonly onTest?: (kata: string, test: TestResult) => void;
}

/**
 * A Vitest that is kept: it judges one submission after another, each in a fresh process, without starting anew.
 *
 * One session runs one thing at a time; for more, open more sessions in processes of their own (`KATAS_FROM` is inherited by the process
 * that runs a spec, so it belongs to a whole process).
 */
export class KataSession implements AsyncDisposable {
  readonly #vitest: Vitest;
  readonly #collector: { current: ResultCollector };
  readonly #specifications = new Map<string, TestSpecification[]>();

  private constructor(vitest: Vitest, collector: { current: ResultCollector }) {
    this.#vitest = vitest;
    this.#collector = collector;
  }

  static async open(): Promise<KataSession> {
    const collector = { current: new ResultCollector(null) };
    const scratch = path.join(projectRoot, '.kata');
    mkdirSync(scratch, { recursive: true });
    process.env[lastWordsVariable] ??= path.join(scratch, `watchdog-${process.pid}.json`);
    process.env['NODE_COMPILE_CACHE'] ??= path.join(scratch, 'compile-cache');
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    const vitest = await createVitest(
      'test',
      {
        root: projectRoot,
        config: path.join(projectRoot, 'vitest.config.ts'),
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
      {},
      { stdout: silent, stderr: silent },
    );
    return new KataSession(vitest, collector);
  }

  /** Judges `kata` and resolves with what came out; a red kata is a result, not a rejection. */
  async run(kata: Kata, options: RunOptions): Promise<KataResult> {
    const collector = new ResultCollector(options.submission);
    if (options.onTest !== undefined) collector.onTest = options.onTest;
    this.#collector.current = collector;

    const specifications = await this.#find(kata);
    rmSync(process.env[lastWordsVariable]!, { force: true });
    if (options.submission === null) delete process.env['KATAS_FROM'];
    else process.env['KATAS_FROM'] = options.submission;
    await this.#vitest.runTestSpecifications(specifications, true);

    const [result] = collector.results;
    if (result === undefined) throw new Error(`Expected a result for ${kata.id}: is ${kata.spec} there?`);
    return result;
  }

  async close(): Promise<void> {
    rmSync(process.env[lastWordsVariable]!, { force: true });
    await this.#vitest.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #find(kata: Kata): Promise<TestSpecification[]> {
    const known = this.#specifications.get(kata.id);
    if (known !== undefined) return known;
    const found = await this.#vitest.globTestSpecifications([kata.spec]);
    this.#specifications.set(kata.id, found);
    return found;
  }
}
