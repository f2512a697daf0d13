import { realTurn } from '../trace/real-time.ts';
import { microtasks } from './microtasks.ts';

// Before any answer could put something else in its place.
const nextTick = process.nextTick.bind(process);

/**
 * Lets `count` real turns of the event loop pass: timers that are due, I/O and microtasks run meanwhile.
 *
 * Real under a virtual clock too, whose time does not move by it.
 *
 * @throws {RangeError} if `count` is no whole number above zero.
 */
export async function turns(count = 1): Promise<void> {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`Expected a whole number of turns above zero, got \`${count}\`.`);
  }
  for (let turn = 0; turn < count; turn += 1) {
    await realTurn();
  }
}

/** Lets all pass that needs no further turn of the event loop: microtasks, and callbacks of `process.nextTick`, up to twenty rounds of them. */
export async function restOfTheTurn(): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    await new Promise<void>((resolve) => nextTick(resolve));
    await microtasks(10);
  }
}
