import inspector from 'node:inspector';
import { isMainThread, SHARE_ENV, Worker } from 'node:worker_threads';
import { announceCalls } from './announce-calls.ts';
import { offerToForgetAsyncStack } from './forget-async-stack.ts';
import { HangError } from './hang-error.ts';
import type { HangReport } from './hang-report.ts';
import { real } from '../trace/real-time.ts';
import { phases, WatchdogMemory, type Phase } from './watchdog-memory.ts';
import type { WatchdogData } from './watchdog-worker.ts';

const BEAT_MS = 25;
const noone = { active: false, memory: null, stop() {} };

/** Limits of the watchdog. */
export interface WatchdogOptions {
  /** How long, in milliseconds, code may hold the event loop before it is ended; 2000 unless told. */
  readonly killMs?: number;
}

/** A running watchdog. */
export interface Watchdog {
  /** False where none can run, which is under a debugger: a breakpoint is no hang. */
  readonly active: boolean;
  readonly memory: WatchdogMemory | null;
  stop(): void;
}

let current: Watchdog = noone;
/** How to end what is guarded now: one piece of work, or several where tests run side by side. */
const endings = new Set<(error: HangError) => void>();

/**
 * Starts a worker that ends code which never gives the event loop back: an endless loop, an endless chain of
 * microtasks, a call that does not return.
 *
 * Under `guard` the code alone is ended, wherever that is possible. Otherwise the process is killed, after one line of
 * JSON, a `HangReport`, was written to the file that the environment names in `KATA_WATCHDOG_FILE`, and a sentence to
 * stderr. A second call returns the watchdog that runs. Does not wait for the worker, nor keep the process alive.
 */
export function startWatchdog({ killMs = 2000 }: WatchdogOptions = {}): Watchdog {
  if (current.active) return current;
  // From a thread of a pool, the worker would stop the pool's own main thread.
  if (!isMainThread || inspector.url() !== undefined) return noone;
  const memory = new WatchdogMemory();
  offerToForgetAsyncStack();
  const forgetCalls = announceCalls(memory);
  const workerData: WatchdogData = {
    shared: memory.shared,
    killMs,
    reportFile: process.env['KATA_WATCHDOG_FILE'] ?? '',
  };
  const worker = new Worker(new URL('watchdog-worker.ts', import.meta.url), {
    workerData,
    env: SHARE_ENV,
    execArgv: [],
  });
  worker.unref();
  const beat = () => {
    memory.add('beats');
    if (memory.get('hung') === 1) tellGuarded(memory);
  };
  beat();
  const timer = real.setInterval(beat, BEAT_MS).unref();
  current = {
    active: true,
    memory,
    stop() {
      memory.set('stop', 1);
      real.clearInterval(timer);
      forgetCalls();
      current = noone;
    },
  };
  return current;
}

/**
 * Runs `work`, and ends it when it holds the event loop for ever. Without a watchdog it merely runs it.
 *
 * Begins in a turn of its own, on an empty stack: when the work is unwound, none of its callers must be.
 *
 * @param test the test's name, for a report from a process that had to be killed
 * @throws HangError when the watchdog ended the work
 * @throws what `work` throws or rejects with
 */
export async function guard<T>(work: () => T | Promise<T>, test = ''): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  endings.add(reject);
  enter('test', test);
  try {
    return await Promise.race([fromEmptyStack(work), ended]);
  } finally {
    endings.delete(reject);
    if (endings.size === 0) enter('between', '');
  }
}

async function fromEmptyStack<T>(work: () => T | Promise<T>): Promise<T> {
  await new Promise((resolve) => {
    real.setImmediate(resolve);
  });
  return work();
}

function enter(phase: Phase, test: string): void {
  current.memory?.writeText('test', test);
  current.memory?.set('phase', phases.indexOf(phase));
}

function tellGuarded(memory: WatchdogMemory): void {
  const report = JSON.parse(memory.readText('hang')) as HangReport;
  memory.set('hung', 0);
  // An unwound call has not said that it ended.
  memory.set('inCall', 0);
  // Which of several held the loop cannot be told apart: they shared it.
  for (const end of endings) end(new HangError(report));
}
