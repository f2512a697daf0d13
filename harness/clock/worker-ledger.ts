import { EventEmitter } from 'node:events';
import diagnosticsChannel from 'node:diagnostics_channel';
import { Worker } from 'node:worker_threads';

interface Account {
  starting: boolean;
  owed: number;
  /** For how long the worker's event loop had slept when it was last sent a message; milliseconds. */
  idleBefore: number;
}

const accounts = new Map<Worker, Account>();

/**
 * Counts what workers owe: each message sent to a worker is owed one in return, and a new worker owes its start.
 * A worker that was sent something and then slept for long owes nothing: it answers by a port of its own, or not at all.
 *
 * It listens to nothing: a listener for `message` would keep the worker, and so the process, alive.
 */
export function trackWorkers(): void {
  diagnosticsChannel.subscribe('worker_threads', (message) => {
    const worker: unknown = Reflect.get(Object(message), 'worker');
    if (worker instanceof Worker) accounts.set(worker, { starting: true, owed: 0, idleBefore: 0 });
  });
  notePosts();
  noteEvents();
}

/**
 * Why time may not move for the workers' sake, or null.
 *
 * @param peerMs how long, in milliseconds, a worker may sleep and still owe an answer
 */
export function workersInFlight(peerMs: number): string | null {
  for (const [worker, account] of accounts) {
    if (account.starting) return 'a worker that is starting';
    if (account.owed === 0) continue;
    if (idleTimeOf(worker) - account.idleBefore >= peerMs) account.owed = 0;
    else return `${account.owed === 1 ? 'an answer' : `${account.owed} answers`} from a worker`;
  }
  return null;
}

/** Nobody waits any more for what the workers of now owe. */
export function forgiveWorkers(): void {
  for (const account of accounts.values()) {
    account.starting = false;
    account.owed = 0;
  }
}

function notePosts(): void {
  // oxlint-disable-next-line typescript/unbound-method -- bound again by Reflect.apply
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (this: Worker, ...parameters): void {
    Reflect.apply(postMessage, this, parameters);
    const account = accounts.get(this);
    if (!account) return;
    account.owed += 1;
    account.idleBefore = idleTimeOf(this);
  };
}

/** For how long the worker's event loop has slept so far. A loop that computes, or is blocked by a call, does not sleep. */
function idleTimeOf(worker: Worker): number {
  return worker.performance.eventLoopUtilization().idle;
}

function noteEvents(): void {
  // oxlint-disable-next-line typescript/unbound-method -- bound again by Reflect.apply
  const { emit } = EventEmitter.prototype;
  Object.defineProperty(Worker.prototype, 'emit', {
    configurable: true,
    writable: true,
    value: function (this: Worker, name: string | symbol, ...parameters: unknown[]): boolean {
      noteEvent(this, name);
      return Reflect.apply(emit, this, [name, ...parameters]);
    },
  });
}

function noteEvent(worker: Worker, name: string | symbol): void {
  const account = accounts.get(worker);
  if (!account) return;
  if (name === 'online') account.starting = false;
  if (name === 'message' || name === 'messageerror') account.owed = Math.max(0, account.owed - 1);
  if (name === 'exit') accounts.delete(worker);
}
