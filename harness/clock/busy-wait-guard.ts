import { performance } from 'node:perf_hooks';
import { Caller } from './caller.ts';
import { BusyWaitError } from './clock-errors.ts';

const readsAllowed = 100_000;

/**
 * Tells a loop that does nothing but look at the clock: under a virtual clock it would never end.
 *
 * Only reads within one turn of the loop count. The turn is looked up once per hundred thousand reads, because looking
 * costs more than a read.
 */
export class BusyWaitGuard {
  #reads = 0;
  #turn = currentTurn();
  /** The first busy wait that was told: the program may have swallowed it where it was thrown. */
  error: BusyWaitError | null = null;

  /** Throws BusyWaitError at every hundred-thousandth read within one turn. */
  countRead(): void {
    this.#reads += 1;
    if (this.#reads < readsAllowed) return;
    this.#reads = 0;
    const turn = currentTurn();
    const sameTurn = turn === this.#turn;
    this.#turn = turn;
    if (!sameTurn) return;
    const error = new BusyWaitError({ reads: readsAllowed, location: new Caller().where });
    this.error ??= error;
    throw error;
  }
}

function currentTurn(): number {
  return performance.nodeTiming.uvMetricsInfo.loopCount;
}
