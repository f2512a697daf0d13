// Given: work in the background, for which no request waits.
import type { Pool } from './pool.ts';
import { longWork, tell, turns } from './tell.ts';

export class Jobs {
  #pool: Pool;
  #running = new Set<Promise<void>>();
  #controller = new AbortController();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** How many jobs run now. */
  get running(): number {
    return this.#running.size;
  }

  /** Starts a job. Nobody has to await it: it handles its own errors. */
  start(id: string): void {
    const job = this.#run(id, this.#controller.signal);
    this.#running.add(job);
    void job.then(() => this.#running.delete(job));
  }

  /** Tells all jobs to stop. They tidy up first: await `ended` after it. */
  abort(): void {
    this.#controller.abort(new Error('The program is about to end.'));
  }

  /** Resolves when no job runs any more; at once, if none runs. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #run(id: string, signal: AbortSignal): Promise<void> {
    tell(`job ${id} has begun`);
    try {
      await longWork(`job ${id}`, signal);
      await this.#pool.run(`The result of job ${id}`);
      tell(`job ${id} is done`);
    } catch (error) {
      if (signal.aborted) await this.#tidyUp(id);
      else tell(`job ${id} has failed: ${String(error)}`);
    }
  }

  async #tidyUp(id: string): Promise<void> {
    tell(`job ${id} is aborted`);
    try {
      await turns(200);
      await this.#pool.run(`How far job ${id} has come`);
      tell(`job ${id} has tidied up`);
    } catch (error) {
      tell(`job ${id} could not tidy up: ${String(error)}`);
    }
  }
}
