import { EventEmitter } from 'node:events';
import diagnosticsChannel from 'node:diagnostics_channel';
import { Worker } from 'node:worker_threads';

interface Account {
  starting: boolean;
  owed: number;
}

const accounts = new Map<Worker, Account>();

/**
 * Counts what workers owe: each message sent to a worker is owed one in return, and a new worker owes its start.
 *
 * It listens to nothing: a listener for `message` would keep the worker, and so the process, alive.
 */
export function trackWorkers(): void {
  diagnosticsChannel.subscribe('worker_threads', (message) => {
    const worker: unknown = Reflect.get(Object(message), 'worker');
    if (worker instanceof Worker) accounts.set(worker, { starting: true, owed: 0 });
  });
  notePosts();
  noteEvents();
}

/** Why time may not move for the workers' sake, or null. */
export function workersInFlight(): string | null {
  for (const { starting, owed } of accounts.values()) {
    if (starting) return 'a worker that is starting';
    if (owed > 0) return `${owed === 1 ? 'an answer' : `${owed} answers`} from a worker`;
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
    if (account) account.owed += 1;
  };
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
