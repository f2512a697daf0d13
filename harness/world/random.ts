import { seed } from './seed.ts';

/** Numbers that look random and come again with the same seed. */
export class Random {
  readonly seed: number;
  #state: number;

  /** @param seed a whole number; only its lower 32 bits count. */
  constructor(seed: number) {
    this.seed = seed >>> 0;
    this.#state = this.seed;
  }

  /** The next number, from 0 up to but not including 1 (mulberry32 by Tommy Ettinger, public domain). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /**
   * A whole number from `from` to `to`, both included.
   *
   * @throws {RangeError} if either is no whole number, or `to` lies below `from`.
   */
  int(from: number, to: number): number {
    if (!Number.isInteger(from) || !Number.isInteger(to) || to < from) {
      throw new RangeError(`Expected two rising whole numbers, got \`${from}\` and \`${to}\`.`);
    }
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /**
   * One of `items`.
   *
   * @throws {RangeError} if there are none.
   */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0)
      throw new RangeError('Expected at least one item to pick from, got none.');
    return items[this.int(0, items.length - 1)]!;
  }

  /** A copy of `items` in another order. */
  shuffle<T>(items: readonly T[]): T[] {
    const rest = [...items];
    return items.flatMap(() => rest.splice(this.int(0, rest.length - 1), 1));
  }

  /** Eight hexadecimal digits that nobody can make up. */
  nonce(): string {
    return Math.floor(this.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
}

/** A generator for `from`, by default the process's own seed: two of the same seed give the same numbers. */
export function random(from: number = seed()): Random {
  return new Random(from);
}
