import { spawn } from 'node:child_process';
import type { ChildProcess, Serializable } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { currentTrace } from '../trace/trace.ts';
import { until } from './until.ts';
import type { UntilOptions } from './until.ts';
import { WorldError } from './world-error.ts';

export interface ProgramOptions {
  /** Words after the file's name. */
  readonly args?: readonly string[];
  /** Options for Node itself, besides those that keep its own warnings off stderr. */
  readonly execArgv?: readonly string[];
  /** Variables besides the few that every program needs: those of the test runner would speak on stderr. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * With 'by hand', the program's time stands still until {@link ChildProgram.advance} moves it on: its timers, and what its clocks say.
   * Its sockets, threads and children live in real time as ever.
   */
  readonly clock?: 'real' | 'by hand';
}

/** How a program ended: with an exit code, or by a signal. */
export interface ProgramExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Looks, a millisecond apart at least, in which the rest of the output comes, unless a descendant holds it open. */
const outputLimitMs = 100;
const preload = new URL('child-program-preload.ts', import.meta.url).href;
const neededVariables = ['PATH', 'SystemRoot', 'TEMP', 'TMPDIR', 'HOME', 'NODE_COMPILE_CACHE'];
const running = new Set<ChildProgram>();

process.on('exit', () => {
  for (const program of running) program.kill();
});

/**
 * A program in a process of its own, and what it has said until now.
 *
 * It is the first of a process group, so that its descendants can be ended with it.
 */
export class ChildProgram implements AsyncDisposable {
  /** The file's name, without its folder. */
  readonly name: string;
  /** All of stdout, and all of stderr, until now. */
  stdout = '';
  stderr = '';
  #child: ChildProcess;
  #messages: unknown[] = [];
  #advances = 0;
  #reports = 0;
  #exit: ProgramExit | null = null;
  #gone: Promise<unknown>;

  /** Made by {@link startProgram}. */
  constructor(file: string, options: ProgramOptions) {
    const { args = [], execArgv = [], env = {}, clock = 'real' } = options;
    this.name = path.basename(file);
    const flags = ['--disable-warning=ExperimentalWarning', '--import', preload, ...execArgv];
    this.#child = spawn(process.execPath, [...flags, file, ...args], {
      env: { ...neededEnvironment(), ...env, KATA_CLOCK: clock },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: process.platform !== 'win32',
    });
    running.add(this);
    const bar = currentTrace().begin(this.name, 'task');
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.#child.on('message', (message) => {
      if (isReport(message)) this.#reports += 1;
      else this.#messages.push(message);
    });
    this.#gone = this.#watchEnd().finally(() => bar.end('done'));
  }

  /** The number of the process; undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The complete lines of stdout until now. */
  get lines(): readonly string[] {
    return this.stdout.split(/\r?\n/).slice(0, -1);
  }

  /** What it sent with `process.send` until now. */
  get messages(): readonly unknown[] {
    return this.#messages;
  }

  /** How it ended, once it has, and all its output is read; null until then. */
  get exit(): ProgramExit | null {
    return this.#exit;
  }

  /** Sends it a signal, as `kill` does in a shell; on Windows, which has none, its listeners are called. */
  signal(name: NodeJS.Signals = 'SIGTERM'): void {
    const native = process.platform !== 'win32' || name === 'SIGKILL';
    if (native) this.#child.kill(name);
    else this.send({ emulatedSignal: name });
  }

  /** Sends it a message: it hears it with `process.on('message')`. What has ended hears nothing. */
  send(message: Serializable): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /**
   * Lets `ms` milliseconds pass in a program whose clock goes by hand, and waits until it has taken them in. With 0 it gives the program
   * a few turns of its loop.
   *
   * @throws {WorldError} 'hang' if the program does not turn its loop. One that has ended takes in nothing, and is not waited for.
   */
  async advance(ms = 0, options?: UntilOptions): Promise<void> {
    this.#advances += 1;
    const target = this.#advances;
    this.send({ advanceMs: ms });
    const what = `${this.name} to turn its event loop`;
    await until(() => this.#reports >= target || this.#exit !== null, what, options);
  }

  /**
   * Waits for a line of stdout, and gives the first that fits.
   *
   * @param what names what is waited for, as in "the line with the address".
   * @throws {WorldError} 'hang' when the limit of {@link until} is met first, 'error' when the program ends without it.
   */
  async line(fits: string | RegExp, what: string, options?: UntilOptions): Promise<string> {
    const find = (): string | undefined =>
      this.lines.find((line) => (typeof fits === 'string' ? line === fits : fits.test(line)));
    await this.reached(() => find() !== undefined, what, options);
    return find()!;
  }

  /**
   * Waits until `condition` holds, of what the program has said or done.
   *
   * @throws {WorldError} 'hang' when the limit of {@link until} is met first, 'error' when the program ends without it.
   */
  async reached(condition: () => boolean, what: string, options?: UntilOptions): Promise<void> {
    await until(() => condition() || this.#exit !== null, what, options);
    if (condition()) return;
    const words = lastWords(this.stderr);
    throw new WorldError(
      `Still waiting for ${what}, but ${this.name} has ended ${describeExit(this.#exit!)}.${words}`,
      { kind: 'error' },
    );
  }

  /**
   * Waits until it has ended.
   *
   * @throws {WorldError} 'hang' when the limit of {@link until} is met first.
   */
  async ended(what = `${this.name} to end`, options?: UntilOptions): Promise<ProgramExit> {
    await until(() => this.#exit !== null, what, options);
    return this.#exit!;
  }

  /** Ends it and its descendants at once, if they still run. */
  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    if (process.platform === 'win32') {
      spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore' }).on('error', () => {
        this.#child.kill('SIGKILL');
      });
      return;
    }
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nobody of its group is left.
    }
  }

  /** Ends it and its descendants at once, and waits until it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.#gone;
    running.delete(this);
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  async #watchEnd(): Promise<void> {
    const { promise: left, resolve: leave } = Promise.withResolvers<ProgramExit>();
    let closed = false;
    this.#child.once('close', () => (closed = true));
    this.#child.once('exit', (code, signal) => leave({ code, signal }));
    this.#child.once('error', (error) => {
      this.stderr += error.message;
      leave({ code: null, signal: null });
    });
    const exit = await left;
    await until(() => closed, 'its output', { limitMs: outputLimitMs }).catch(() => {});
    this.#exit = exit;
  }
}

/**
 * Starts a file in a process of its own: with its output, a message channel, and `await using` to end it and its descendants.
 *
 * Only imports of the test process are sent to the answer that is judged: give the address of the copy, which
 * `import.meta.resolve('./name.ts')` knows in a spec.
 *
 * @param file an address, with or without a query, or a path.
 * @example
 * await using program = startProgram(import.meta.resolve('./main.ts'), { args: ['250'] });
 * await program.line('ready', 'the program to be ready');
 * program.signal('SIGTERM');
 * expect(await program.ended()).toEqual({ code: 0, signal: null });
 */
export function startProgram(file: string | URL, options: ProgramOptions = {}): ChildProgram {
  return new ChildProgram(pathOf(file), options);
}

function pathOf(file: string | URL): string {
  if (typeof file === 'string' && !file.startsWith('file:')) return file;
  const url = new URL(file);
  url.search = '';
  return fileURLToPath(url);
}

function isReport(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'clockNow' in message;
}

function neededEnvironment(): Record<string, string> {
  const entries = neededVariables.map((name) => [name, process.env[name]]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function describeExit({ code, signal }: ProgramExit): string {
  if (signal !== null) return `by ${signal}`;
  return code === null ? 'before it began' : `with exit code ${code}`;
}

/** The sentence of the error that ended it, or the end of what it wrote. */
function lastWords(stderr: string): string {
  const words = /^\w*Error\b.*$/m.exec(stderr)?.[0] ?? stderr.trim().slice(-200);
  return words === '' ? '' : ` It wrote: "${words}"`;
}
