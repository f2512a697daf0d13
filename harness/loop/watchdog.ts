import { real } from './real-time.ts';

/** Limits of the watchdog, in milliseconds of silence in which the program itself ran or slept. */
export interface WatchdogOptions {
  readonly stallMs?: number;
  readonly killMs?: number;
}

/** A running watchdog. */
export interface Watchdog {
  /** False where none could be started, such as under a debugger. */
  readonly active: boolean;
  stop(): void;
}

export function startWatchdog(_options: WatchdogOptions = {}): Watchdog {
  return { active: false, stop() {} };
}

export async function guard<T>(work: () => T | Promise<T>): Promise<T> {
  await new Promise((resolve) => real.setImmediate(resolve));
  return work();
}
