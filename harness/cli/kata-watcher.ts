import { watch } from 'node:fs';
import path from 'node:path';
import { emitKeypressEvents } from 'node:readline';
import { readKatas } from '../catalog/kata.ts';
import type { Kata } from '../catalog/kata.ts';
import { drawComparison } from '../learner/compare.ts';
import { nextHint } from '../learner/hints.ts';
import { readAnswerFile } from '../learner/learner-answer.ts';
import { readState } from '../learner/learner-state.ts';
import { nextKata, progressOf, rememberVerdict } from '../learner/progress.ts';
import { resetKata } from '../learner/reset.ts';
import { readSolution } from '../learner/solution-text.ts';
import { drawProgress, progressBar } from '../report/progress-board.ts';
import { reportKata } from '../report/terminal-report.ts';
import { wrapMarkdown } from '../report/wrap-markdown.ts';
import { startFirstProcess } from '../runner/first-process.ts';
import { KataSession } from '../runner/kata-session.ts';

/** An editor writes a file in several steps; this long after the last of them the file is whole. */
const settleMs = 20;

/** Judges one kata at a time, on every save, until the learner quits. */
export class KataWatcher implements AsyncDisposable {
  readonly #session: KataSession;
  readonly #quit = Promise.withResolvers<void>();
  readonly #from = process.env['KATAS_FROM'] ?? null;
  #kata: Kata;
  #stopWatching = (): void => {};
  #answer = '';
  #judging: Promise<void> | null = null;
  #again = false;
  #confirm: ((yes: boolean) => void) | null = null;

  private constructor(session: KataSession, kata: Kata) {
    this.#session = session;
    this.#kata = kata;
  }

  static async open(kata: Kata): Promise<KataWatcher> {
    const watcher = new KataWatcher(await KataSession.open(startFirstProcess(kata)), kata);
    watcher.#listenToKeys();
    watcher.#watch(kata);
    return watcher;
  }

  /** Settles when the learner quits. */
  get ended(): Promise<void> {
    return this.#quit.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopWatching();
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
    await this.#judging;
    await this.#session.close();
  }

  #watch(kata: Kata): void {
    this.#stopWatching();
    this.#kata = kata;
    this.#answer = '';
    const directory = this.#from === null ? kata.directory : path.resolve(this.#from, kata.id);
    let timer: NodeJS.Timeout | undefined;
    // The folder, not the file: many editors replace the file by another one.
    const watcher = watch(directory, () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#judgeIfChanged(), settleMs);
    });
    this.#stopWatching = () => {
      clearTimeout(timer);
      watcher.close();
    };
    this.#judgeIfChanged();
  }

  #judgeIfChanged(): void {
    const source = this.#from === null ? this.#kata : this.#submitted();
    const answer = JSON.stringify(source.files.map((name) => readAnswerFile(source, name)));
    if (answer === this.#answer) return;
    this.#answer = answer;
    this.#judge();
  }

  #submitted(): Kata {
    return { ...this.#kata, directory: path.resolve(this.#from!, this.#kata.id) };
  }

  #judge(): void {
    if (this.#judging !== null) {
      this.#again = true;
      return;
    }
    this.#judging = this.#judgeOnce().finally(() => {
      this.#judging = null;
      if (!this.#again) return;
      this.#again = false;
      this.#judge();
    });
  }

  async #judgeOnce(): Promise<void> {
    const kata = this.#kata;
    const result = await this.#session.run(kata, { submission: this.#from });
    if (this.#from === null) rememberVerdict(kata, result);
    if (kata !== this.#kata) return;
    this.#show(reportKata(result));
    this.#session.prepare(kata);
  }

  #show(text: string): void {
    if (process.stdout.isTTY) process.stdout.write('\u001B[2J\u001B[3J\u001B[H');
    console.log(text);
    if (!process.stdin.isTTY) return;
    const rows = progressOf(readKatas(), readState());
    const green = rows.filter((row) => row.standing === 'green').length;
    console.log(` ${progressBar(green, rows.length)}  ${green} of ${rows.length} green`);
    console.log(' n next   h hint   c compare   r reset   l list   q quit');
  }

  #listenToKeys(): void {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      // Vitest's own listeners would end the process with the exit code of the last red run.
      process.removeAllListeners(signal);
      process.once(signal, () => this.#quit.resolve());
    }
    if (!process.stdin.isTTY) return;
    emitKeypressEvents(process.stdin);
    process.stdin.setRawMode(true);
    process.stdin.on('keypress', (_text: string, key: { name?: string; ctrl?: boolean }) => {
      if (key.ctrl && key.name === 'c') this.#quit.resolve();
      else if (this.#confirm !== null) this.#confirm(key.name === 'y');
      else
        void this.#obey(key.name ?? '').catch((error: Error) => this.#show(` ${error.message}\n`));
    });
  }

  async #obey(key: string): Promise<void> {
    if (key === 'q') this.#quit.resolve();
    else if (key === 'n') this.#goToNext();
    else if (key === 'h') this.#showHint();
    else if (key === 'c') await this.#compare();
    else if (key === 'r') await this.#reset();
    else if (key === 'l') this.#show(drawProgress(progressOf(readKatas(), readState())));
    else if (key === 'return') this.#judge();
  }

  /** The first kata that is not green, or the one after this where it is this one. */
  #goToNext(): void {
    const katas = readKatas();
    const next = nextKata(katas, readState());
    if (next === null) {
      this.#show(' Every kata is green.\n');
      return;
    }
    const after = katas[katas.findIndex(({ id }) => id === this.#kata.id) + 1] ?? next;
    this.#watch(next.id === this.#kata.id ? after : next);
  }

  #showHint(): void {
    const hint = nextHint(this.#kata);
    const lines = wrapMarkdown(hint.text, 74).map((line) => `   ${line}`.trimEnd());
    this.#show(
      ['', ` Hint ${hint.level} of ${hint.of}: ${hint.title}`, '', ...lines, ''].join('\n'),
    );
  }

  async #compare(): Promise<void> {
    const solution = readSolution(this.#kata);
    const [progress] = progressOf([this.#kata], readState());
    const mayShow =
      progress!.standing === 'green' ||
      (await this.#ask('The kata is not green yet. See the solution now?'));
    if (!mayShow) return;
    const parts = [...solution.files].map(([name, theirs]) => {
      const mine = readAnswerFile(this.#kata, name) ?? '';
      return `\n ${name}\n\n${drawComparison(mine, theirs, process.stdout.columns ?? 80)}\n`;
    });
    this.#show(
      `\n Lines with - are yours, lines with + are from ${solution.from}.\n${parts.join('')}`,
    );
  }

  async #reset(): Promise<void> {
    if (!(await this.#ask('Put the starter back? Your version is kept.'))) return;
    const kept = resetKata(this.#kata);
    if (kept === null) this.#show(' This is the starter already.\n');
  }

  async #ask(question: string): Promise<boolean> {
    console.log(` ${question} (y/N)`);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#confirm = resolve;
    const yes = await promise;
    this.#confirm = null;
    if (!yes) console.log(' No.');
    return yes;
  }
}
