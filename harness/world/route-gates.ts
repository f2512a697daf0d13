import { setTimeout as sleep } from 'node:timers/promises';
import { Gate } from './gate.ts';
import type { SlowRoute } from './slow-route.ts';

/** Holds requests back, by path, until they may be answered. */
export class RouteGates {
  #gates = new Map<string, Gate>();
  #held = new Map<string, number>();
  #lines = new Map<string, Promise<void>>();

  /** Lets everybody on `path` through, now and later. */
  open(path: string): void {
    this.#gateOf(path).open();
  }

  /** How many requests for `path` are held. */
  waiting(path: string): number {
    return this.#held.get(path) ?? 0;
  }

  /**
   * Resolves when a request for `path` may be answered.
   *
   * The delay is a `node:timers/promises` timer, called at the moment of use: a virtual clock rules it. An abort rejects and
   * leaves no timer.
   */
  async pass(path: string, route: SlowRoute, signal: AbortSignal): Promise<void> {
    const { delayMs = 0, gate = false, together = 0, oneByOne = false } = route;
    if (oneByOne) {
      await this.#standInLine(path, () => sleep(delayMs, undefined, { signal }));
      return;
    }
    if (!gate && together === 0) {
      if (delayMs > 0) await sleep(delayMs, undefined, { signal });
      return;
    }
    this.#held.set(path, this.waiting(path) + 1);
    try {
      if (together > 0 && this.waiting(path) >= together) this.open(path);
      await this.#openedOrLate(path, delayMs, signal);
      // Whoever was late opens it for the others: a program that asks one after another waits only once.
      this.open(path);
    } finally {
      this.#held.set(path, this.waiting(path) - 1);
    }
  }

  /** Whoever leaves the line while waiting is passed over when it is their turn. */
  #standInLine(path: string, serve: () => Promise<void>): Promise<void> {
    const served = (this.#lines.get(path) ?? Promise.resolve()).then(serve);
    this.#lines.set(
      path,
      served.catch(() => {}),
    );
    return served;
  }

  async #openedOrLate(path: string, delayMs: number, signal: AbortSignal): Promise<void> {
    const gate = this.#gateOf(path);
    if (delayMs === 0) return gate.wait({ signal });
    const loser = new AbortController();
    const stop = (): void => {
      loser.abort(signal.reason);
    };
    signal.throwIfAborted();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await Promise.race([
        gate.wait({ signal: loser.signal }),
        sleep(delayMs, undefined, { signal: loser.signal }),
      ]);
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }

  #gateOf(path: string): Gate {
    const found = this.#gates.get(path);
    if (found) return found;
    const made = new Gate();
    this.#gates.set(path, made);
    return made;
  }
}
