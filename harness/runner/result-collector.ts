import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { SerializedError, UserConsoleLog } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { readKata } from '../catalog/kata.ts';
import { originOfCopy } from '../submission/prepare-submission.ts';
import { authorPath } from '../trace/source-location.ts';
import type { FailureRecord } from '../verdict/test-record.ts';
import { lastWordsVariable } from './first-process.ts';
import type { KataResult, TestResult } from './kata-result.ts';

/** A Vitest reporter that turns each file of a run into a `KataResult`. */
export class ResultCollector implements Reporter {
  readonly #submission: string | null;
  #began = new Map<string, number>();
  #output = new Map<string, string[]>();
  #running = new Map<string, string>();
  #results: KataResult[] = [];
  /** Called as soon as a test of a kata has ended. */
  onTest: (kata: string, test: TestResult) => void = () => {};

  /** @param submission what the results say about where the answers came from; null is the learner's own `katas/`. */
  constructor(submission: string | null) {
    this.#submission = submission;
  }

  /** The results of the last run, in the order of the katas. */
  get results(): readonly KataResult[] {
    return this.#results;
  }

  onTestRunStart(): void {
    this.#results = [];
    this.#output.clear();
    this.#running.clear();
  }

  onTestModuleQueued(module: TestModule): void {
    this.#began.set(module.moduleId, performance.now());
  }

  onTestCaseReady(test: TestCase): void {
    this.#running.set(test.module.moduleId, test.name);
  }

  onTestCaseResult(test: TestCase): void {
    this.#running.delete(test.module.moduleId);
    this.onTest(kataOf(test.module), testResult(test));
  }

  onUserConsoleLog(log: UserConsoleLog): void {
    const key = log.taskId?.split('_')[0] ?? '';
    const lines = this.#output.get(key) ?? [];
    lines.push(log.content);
    this.#output.set(key, lines);
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    this.#results = modules
      .map((module) => this.#kataResult(module, errors, modules.length === 1))
      .toSorted((a, b) => a.kata.localeCompare(b.kata));
  }

  #kataResult(module: TestModule, errors: readonly SerializedError[], isOnly: boolean): KataResult {
    const tests = [...module.children.allTests()].map(testResult);
    const problem = this.#problem(module, errors, isOnly);
    return {
      kata: kataOf(module),
      submission: this.#submission,
      verdict: problem === null ? verdictOf(tests) : 'crashed',
      tests,
      problem,
      output: (this.#output.get(module.id) ?? []).join(''),
      realMs: performance.now() - (this.#began.get(module.moduleId) ?? performance.now()),
    };
  }

  #problem(
    module: TestModule,
    errors: readonly SerializedError[],
    isOnly: boolean,
  ): FailureRecord | null {
    const [loadError] = module.errors();
    if (loadError !== undefined) return fileProblem(loadError.message, 'import');

    const own = errors.find((error) => isOnly || tellsOf(error, module.moduleId));
    if (own === undefined) return null;
    const message = deepestMessage(own);
    if (/exited unexpectedly|terminated/i.test(message)) return this.#death(module, message);
    return fileProblem(message, 'crash');
  }

  /** The process that ran the file is gone: the watchdog's last words say why, where it had to end the process. */
  #death(module: TestModule, reason: string): FailureRecord {
    const running = this.#running.get(module.moduleId);
    const during = running === undefined ? '' : ` It happened in the test "${running}".`;
    const lastWords = this.#lastWords(kataOf(module));
    if (lastWords !== null) return { ...lastWords, message: `${lastWords.message}${during}` };
    if (/SIGABRT|SIGTRAP|code 13[34]/.test(reason)) {
      return {
        ...fileProblem(
          `Your code used up all the memory that it may have (256 MB), and its process died.${during}`,
          'crash',
        ),
        // V8 ends the process in the same way for an error of its own.
        advice:
          'Look for a list, a string or a queue that grows without end. If there is none, run it once more.',
      };
    }
    return fileProblem(
      `The process that ran your code died (${reasonOf(reason)}).${during}`,
      'crash',
    );
  }

  #lastWords(id: string): FailureRecord | null {
    const file = process.env[lastWordsVariable];
    if (file === undefined || !existsSync(file)) return null;
    const text = readFileSync(file, 'utf8').trim();
    if (text === '') return null;
    const words = readWords(text);
    if (words === null) return null;
    const { message, location } = words;
    const origin = (name: string): string =>
      this.#submission === null
        ? authorPath(name)
        : originOfCopy(readKata(id), this.#submission, name);
    return {
      kind: 'hang',
      message,
      location: location && { file: origin(location.file), line: location.line },
      advice: 'It could not be interrupted, so its whole process had to be ended.',
      diff: null,
    };
  }
}

/** The code under test can write to the file too: what is no report is none. */
function readWords(text: string): Pick<FailureRecord, 'message' | 'location'> | null {
  try {
    const { message, location } = JSON.parse(text.split('\n')[0]!) as Partial<FailureRecord>;
    if (typeof message !== 'string') return null;
    const isPlace = typeof location?.file === 'string' && typeof location.line === 'number';
    return { message: message.slice(0, 2000), location: isPlace ? location : null };
  } catch {
    return null;
  }
}

function fileProblem(message: string, kind: 'import' | 'crash'): FailureRecord {
  return { kind, message, location: null, advice: null, diff: null };
}

/** Whether an error outside any test belongs to the file `moduleId`. */
function tellsOf(error: SerializedError, moduleId: string): boolean {
  return error['VITEST_TEST_PATH'] === moduleId || deepestMessage(error).includes(moduleId);
}

/** Vitest wraps the death of a process in an error of its pool. */
function deepestMessage(error: SerializedError): string {
  return error.cause === undefined ? error.message : deepestMessage(error.cause);
}

function reasonOf(message: string): string {
  return /with (?<reason>(?:exit code|signal) \S+)/.exec(message)?.groups?.['reason'] ?? message;
}

function kataOf(module: TestModule): string {
  return path.basename(path.dirname(module.moduleId));
}

function testResult(test: TestCase): TestResult {
  const { state } = test.result();
  const record = test.meta().kata;
  if (record !== undefined && state !== 'skipped') return { ...record, name: test.name };

  const failed = state === 'failed';
  return {
    name: test.name,
    verdict: failed ? 'fail' : 'skipped',
    failure: failed
      ? fileProblem(test.result().errors?.[0]?.message ?? 'The test did not end.', 'crash')
      : null,
    spans: [],
    virtual: false,
    virtualMs: 0,
    realMs: test.diagnostic()?.duration ?? 0,
    seed: '',
    attempts: 1,
    droppedWrites: 0,
  };
}

function verdictOf(tests: readonly TestResult[]): KataResult['verdict'] {
  const verdicts = tests.map((test) => test.verdict);
  if (verdicts.includes('fail')) return 'fail';
  if (verdicts.includes('inconclusive')) return 'inconclusive';
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === 'pass') ? 'pass' : 'fail';
}
