import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import type { Kata } from '../catalog/kata.ts';
import { messageOf } from '../catalog/message-of.ts';
import { rememberVerdict } from '../learner/progress.ts';
import type { KataResult, TestResult } from '../runner/kata-result.ts';
import { readAnswer } from './answer-file.ts';
import type { AnswerFile } from './answer-file.ts';
import type { Judge } from './judge.ts';
import type { LearnerFolder } from './learner-folder.ts';

/** An editor writes a file in several steps; this long after the last of them the file is whole. */
const settleMs = 20;
/** Some file systems tell of no change, such as a folder of the host in a container: then it is looked for. */
const lookEveryMs = 1000;

/** What changed: the marks of the tests only, or anything else too. */
export type Changed = 'tests' | 'everything';

/** A kata that somebody looks at: its answer is judged on every save, for as long as anybody listens. */
export class LiveKata {
  readonly kata: Kata;
  readonly #answerKata: Kata;
  readonly #folder: LearnerFolder;
  readonly #judge: Judge;
  readonly #listeners = new Set<(changed: Changed) => void>();
  #watcher: FSWatcher | null = null;
  #settle: NodeJS.Timeout | undefined;
  #look: NodeJS.Timeout | undefined;
  #judged: string | null = null;
  #isJudging = false;
  #again = false;
  #now: KataResult | null = null;
  #before: KataResult | null = null;
  #ended = new Map<string, TestResult['verdict']>();
  #trouble: string | null = null;

  constructor(kata: Kata, folder: LearnerFolder, judge: Judge) {
    this.kata = kata;
    this.#folder = folder;
    this.#answerKata = folder.answerTo(kata);
    this.#judge = judge;
  }

  /** The files of the answer, as they are on disk now. */
  get answer(): AnswerFile[] {
    return readAnswer(this.#answerKata);
  }

  /** The newest verdict; null before the first. */
  get now(): KataResult | null {
    return this.#now;
  }

  /** The last red verdict before the newest one; null where there was none. */
  get before(): KataResult | null {
    return this.#before;
  }

  get isJudging(): boolean {
    return this.#isJudging;
  }

  /** Whether the file is another one than the newest verdict speaks of. */
  get isOutdated(): boolean {
    return this.#judged !== fingerprint(this.answer);
  }

  /** The verdicts of the tests that have ended in the run that goes on, by their names. */
  get ended(): ReadonlyMap<string, TestResult['verdict']> {
    return this.#ended;
  }

  /** Why the answer could not be judged, where that is no verdict on it. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Calls `listener` whenever anything changed, until the function that it returns is called. The first listener starts the watching. */
  listen(listener: (changed: Changed) => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#close();
    };
  }

  /** Looks whether the answer is another one; judges it if so. */
  look(): void {
    if (this.#watcher === null) this.#watch();
    const answer = this.answer;
    if (fingerprint(answer) === this.#judged) return;
    if (this.#isJudging) this.#again = true;
    else if (answer.some(({ problem }) => problem !== null)) this.#refuse(answer);
    else void this.#judgeOnce(answer);
  }

  /** Judges the answer once more, as it is. */
  judgeAgain(): void {
    this.#judged = null;
    this.look();
  }

  #open(): void {
    this.#look = setInterval(() => this.look(), lookEveryMs);
    this.look();
  }

  #close(): void {
    clearInterval(this.#look);
    clearTimeout(this.#settle);
    this.#watcher?.close();
    this.#watcher = null;
  }

  #watch(): void {
    if (this.#listeners.size === 0) return;
    try {
      // The folder, not the file: many editors replace the file by another one.
      const watcher = watch(this.#answerKata.directory, (event) => {
        clearTimeout(this.#settle);
        this.#settle = setTimeout(() => this.look(), settleMs);
        // A folder that was replaced tells nothing any more: the next look watches the new one.
        if (event === 'rename') this.#forget(watcher);
      });
      watcher.once('error', () => this.#forget(watcher));
      this.#watcher = watcher;
    } catch {
      // The folder is gone, which the files tell; the next look tries again.
    }
  }

  #forget(watcher: FSWatcher): void {
    watcher.close();
    if (this.#watcher === watcher) this.#watcher = null;
  }

  #refuse(answer: readonly AnswerFile[]): void {
    this.#judged = fingerprint(answer);
    this.#tell('everything');
  }

  async #judgeOnce(answer: readonly AnswerFile[]): Promise<void> {
    this.#isJudging = true;
    this.#again = false;
    this.#ended = new Map();
    this.#judged = fingerprint(answer);
    this.#tell('tests');
    // Drawing the file anew must not keep the judge waiting.
    setImmediate(() => this.#tell('everything'));
    try {
      const result = await this.#judge.run(this.kata, (test) => {
        this.#ended.set(test.name, test.verdict);
        this.#tell('tests');
      });
      this.#take(result);
    } catch (error) {
      this.#trouble = `The kata could not be judged: ${messageOf(error)}`;
    }
    this.#isJudging = false;
    this.#tell('everything');
    if (this.#again || this.isOutdated) this.look();
  }

  #take(result: KataResult): void {
    this.#trouble = null;
    if (this.#now !== null && this.#now.verdict !== 'pass') this.#before = this.#now;
    this.#now = result;
    // The verdict is on a file that is no longer there: another one follows.
    if (this.isOutdated) return;
    rememberVerdict(this.#answerKata, result, this.#folder.stateFile);
  }

  #tell(changed: Changed): void {
    for (const listener of this.#listeners) listener(changed);
  }
}

function fingerprint(answer: readonly AnswerFile[]): string {
  return JSON.stringify(answer.map(({ text, problem }) => [text, problem]));
}
