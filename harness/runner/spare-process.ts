import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { projectRoot } from '../trace/source-location.ts';
import type { WarmRequest } from './warm-messages.ts';

const vitestDirectory = path.join(projectRoot, 'node_modules', 'vitest');

/** The memory that a kata may have: more than any right answer needs, little enough that a leak ends in seconds. */
export const memoryArguments = [
  '--max-old-space-size=256',
  // A larger nursery, because most of what a short run makes is garbage soon.
  '--max-semi-space-size=32',
];

/** What Vitest 5.1 gives to a process of its own; where it gives something else, no spare is used. */
const vitestArguments = [
  '--experimental-import-meta-resolve',
  '--require',
  path.join(vitestDirectory, 'suppress-warnings.cjs'),
  '--conditions',
  'node',
  '--conditions',
  'development',
  ...memoryArguments,
];

const program = new URL('warm-process.ts', import.meta.url);
const vitestWorker = pathToFileURL(path.join(vitestDirectory, 'dist', 'workers', 'forks.js')).href;

/**
 * A test process that is started before it is needed, so that it starts while something else is waited for: it has loaded Vitest's worker,
 * the harness and the packages that an answer needs by the time there is a test to run.
 */
export class SpareProcess implements Disposable {
  readonly child: ChildProcess;
  #taken = false;

  private constructor(child: ChildProcess) {
    this.child = child;
    // One that dies before it is taken is merely not used.
    this.child.on('error', () => {});
  }

  /** @param modules packages to load at once. */
  static start(modules: readonly string[]): SpareProcess {
    const child = fork(fileURLToPath(program), [vitestWorker, ...modules], {
      execArgv: vitestArguments,
      stdio: 'pipe',
      serialization: 'advanced',
    });
    return new SpareProcess(child);
  }

  /** @param child a process that was taken before, and has nothing to do any more. */
  static used(child: ChildProcess): SpareProcess {
    return new SpareProcess(child);
  }

  /** Hands the process over to a worker that asks for `execArgv` and `env`; null where it cannot serve. */
  take(execArgv: readonly string[], env: Partial<NodeJS.ProcessEnv>): ChildProcess | null {
    const serves = execArgv.join(' ') === vitestArguments.join(' ');
    if (!serves || !this.child.connected || this.child.exitCode !== null) return null;
    this.#taken = true;
    this.child.removeAllListeners('error');
    this.child.send({ type: 'kata-environment', env } satisfies WarmRequest);
    return this.child;
  }

  [Symbol.dispose](): void {
    if (!this.#taken) this.child.kill('SIGKILL');
  }
}
