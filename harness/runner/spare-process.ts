import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { projectRoot } from '../trace/source-location.ts';
import { confinedEnvironment } from './confinement.ts';
import type { Confinement } from './confinement.ts';
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

const program = new URL('warm-start.ts', import.meta.url);
const vitestWorker = pathToFileURL(path.join(vitestDirectory, 'dist', 'workers', 'forks.js')).href;

/** A run in a confined process. */
export interface SealedRun {
  /** Used once, so that a record of one run is none of another. */
  readonly id: string;
  readonly seed: string;
}

/**
 * A test process that is started before it is needed, so that it starts while something else is waited for: it has loaded Vitest's worker,
 * the harness and the packages that an answer needs by the time there is a test to run.
 */
export class SpareProcess implements Disposable {
  readonly child: ChildProcess;
  /** Where it runs; null where it is not confined. */
  readonly confinement: Confinement | null;
  /** What its records are sealed with; empty where it is not confined. */
  readonly secret: string;
  #taken = false;

  private constructor(child: ChildProcess, confinement: Confinement | null, secret: string) {
    this.child = child;
    this.confinement = confinement;
    this.secret = secret;
    // One that dies before it is taken is merely not used.
    this.child.on('error', () => {});
  }

  /**
   * @param modules packages to load at once.
   * @param confinement where the process runs: it is told a secret before anything else, with which it seals its records.
   */
  static start(modules: readonly string[], confinement: Confinement | null = null): SpareProcess {
    if (confinement !== null) return SpareProcess.#startConfined(modules, confinement);
    const child = fork(fileURLToPath(program), [vitestWorker, ...modules], {
      execArgv: vitestArguments,
      stdio: 'pipe',
      serialization: 'advanced',
    });
    return new SpareProcess(child, null, '');
  }

  static #startConfined(modules: readonly string[], confinement: Confinement): SpareProcess {
    const child = fork(fileURLToPath(program), [vitestWorker, ...modules], {
      execPath: confinement.command,
      execArgv: [...confinement.words, process.execPath, ...vitestArguments],
      env: { ...confinement.environment, KATA_WATCHDOG_FILE: confinement.lastWords },
      ...confinement.user,
      cwd: projectRoot,
      stdio: 'pipe',
      serialization: 'advanced',
    });
    const spare = new SpareProcess(child, confinement, drawSecret());
    child.send({ type: 'kata-seal', secret: spare.secret } satisfies WarmRequest, () => {});
    return spare;
  }

  /** A process that was taken before, and has nothing to do any more. */
  static used({ child, confinement, secret }: SpareProcess): SpareProcess {
    return new SpareProcess(child, confinement, secret);
  }

  get isAlive(): boolean {
    return this.child.connected && this.child.exitCode === null;
  }

  /** Hands the process over to a worker that asks for `execArgv` and `env`; null where it cannot serve. */
  take(
    execArgv: readonly string[],
    env: Partial<NodeJS.ProcessEnv>,
    run: SealedRun | null = null,
  ): ChildProcess | null {
    const serves = execArgv.join(' ') === vitestArguments.join(' ');
    if (!serves || !this.isAlive) return null;
    this.#taken = true;
    this.child.removeAllListeners('error');
    const told =
      this.confinement === null
        ? env
        : { ...confinedEnvironment(this.confinement, env), KATA_SEED: run?.seed };
    this.child.send({
      type: 'kata-environment',
      env: told,
      run: run?.id ?? null,
    } satisfies WarmRequest);
    return this.child;
  }

  [Symbol.dispose](): void {
    if (!this.#taken) this.child.kill('SIGKILL');
  }
}

function drawSecret(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex');
}
