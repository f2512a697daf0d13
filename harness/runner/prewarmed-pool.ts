import type { ChildProcess } from 'node:child_process';
import { ForksPoolWorker } from 'vitest/node';
import type { PoolOptions, PoolRunnerInitializer, WorkerRequest } from 'vitest/node';
import type { SpareSlot } from './spare-slot.ts';
import { lateMessage, tameMessage } from './tame-message.ts';
import { isIdleReply } from './warm-messages.ts';

/**
 * Vitest's own pool of processes, but for the start and the end of a process: one that is already there is taken first, and one that the slot
 * wants to keep is not ended.
 */
export function prewarmedPool(slot: SpareSlot): PoolRunnerInitializer {
  return {
    name: 'prewarmed-forks',
    createPoolWorker: (options) => new PrewarmedWorker(options, slot),
  };
}

class PrewarmedWorker extends ForksPoolWorker {
  readonly #slot: SpareSlot;
  #run = 0;
  #kept: ChildProcess | null = null;

  constructor(options: PoolOptions, slot: SpareSlot) {
    super(options);
    this.#slot = slot;
  }

  override async start(): Promise<void> {
    this.#run = this.#slot.run;
    const child = this.#slot.take(this.execArgv, this.env);
    // Vitest starts a process only where the worker has none; its name for it is not public, so a test pins that this works.
    if (child) Reflect.set(this, '_fork', child);
    await super.start();
  }

  override send(message: WorkerRequest): void {
    if (message.type === 'stop' && this.#slot.keeps) void this.#keepOrStop(message);
    else super.send(message);
  }

  /** Vitest takes each message of the worker through here. */
  override deserialize(data: unknown): unknown {
    if (this.#slot.run !== this.#run) return super.deserialize(lateMessage(data));
    if (!this.#slot.confines) return super.deserialize(data);
    const { message, refused } = tameMessage(data);
    if (refused !== null) this.#slot.onRefused();
    return super.deserialize(message);
  }

  override async stop(): Promise<void> {
    const child = this.#kept;
    if (child === null) return super.stop();
    this.#kept = null;
    for (const output of [child.stdout, child.stderr]) output?.unpipe().resume();
    child.removeAllListeners('message');
    child.removeAllListeners('error');
    Reflect.set(this, '_fork', undefined);
    this.#slot.put();
  }

  async #keepOrStop(message: WorkerRequest): Promise<void> {
    const child = Reflect.get(this, '_fork') as ChildProcess;
    if (!(await isIdle(child))) {
      if (child.connected) super.send(message);
      else child.emit('message', stopped);
      return;
    }
    this.#kept = child;
    child.emit('message', stopped);
  }
}

/** What Vitest's worker answers to `stop`: https://vitest.dev/guide/advanced/pool */
const stopped = { type: 'stopped', __vitest_worker_response__: true };

/** Whether nothing of what the process judged is left in it. */
function isIdle(child: ChildProcess): Promise<boolean> {
  if (!child.connected) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (idle: boolean): void => {
      child.off('message', read);
      child.off('exit', die);
      resolve(idle);
    };
    const read = (message: unknown): void => {
      if (isIdleReply(message)) end(message.idle);
    };
    const die = (): void => end(false);
    child.on('message', read);
    child.once('exit', die);
    child.send({ type: 'kata-idle?' });
  });
}
