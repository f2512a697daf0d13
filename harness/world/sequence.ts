import { WorldError } from './world-error.ts';

/**
 * Counts the steps of a program and fails on one that came too early, too late, twice or not at all.
 *
 * A step may stand in a callback whose error the program swallows: so the first failure is kept, and `finish` throws it.
 *
 * @example
 * const order = sequence();
 * order.step(1);
 * queueMicrotask(() => order.step(3));
 * order.step(2);
 * await turns(1);
 * order.finish(4);
 */
export class Sequence {
  #last = 0;
  #failure: WorldError | null = null;

  /** The number of the step that came last; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /**
   * Takes the step `number`; the first is 1. `what` names it in the message.
   *
   * @throws {WorldError} 'assertion' if another step is due.
   */
  step(number: number, what = `step ${number}`): void {
    const due = this.#last + 1;
    if (number === due) {
      this.#last = number;
      return;
    }
    this.#fail(
      number > due
        ? `${what} (step ${number}) came when step ${due} was due: ${skipped(due, number)} had not happened yet.`
        : `${what} (step ${number}) came again or too late: step ${due} was due, ${this.#last} had already happened.`,
    );
  }

  /**
   * Takes the last step and ends the sequence.
   *
   * @throws {WorldError} 'assertion' with the first failure of all, or if a step before `number` is missing.
   */
  finish(number: number): void {
    if (this.#failure) throw this.#failure;
    this.step(number, 'the end');
  }

  #fail(message: string): never {
    const failure = new WorldError(message, { kind: 'assertion' });
    this.#failure ??= failure;
    throw failure;
  }
}

/** A sequence of which no step has happened. */
export function sequence(): Sequence {
  return new Sequence();
}

function skipped(from: number, to: number): string {
  return to - from === 1 ? `step ${from}` : `steps ${from} to ${to - 1}`;
}
