import { ForksPoolWorker } from 'vitest/node';
import type { PoolOptions, PoolRunnerInitializer } from 'vitest/node';
import type { SpareProcess } from './spare-process.ts';

/** Vitest's own pool of processes, but for the start of a process: one that is already there is taken first. */
export function prewarmedPool(takeSpare: () => SpareProcess | null): PoolRunnerInitializer {
  return {
    name: 'prewarmed-forks',
    createPoolWorker: (options) => new PrewarmedWorker(options, takeSpare),
  };
}

class PrewarmedWorker extends ForksPoolWorker {
  readonly #takeSpare: () => SpareProcess | null;

  constructor(options: PoolOptions, takeSpare: () => SpareProcess | null) {
    super(options);
    this.#takeSpare = takeSpare;
  }

  override async start(): Promise<void> {
    const child = this.#takeSpare()?.take(this.execArgv, this.env);
    // Vitest starts a process only where the worker has none; its name for it is not public, so a test pins that this works.
    if (child) Reflect.set(this, '_fork', child);
    await super.start();
  }
}
