import { asyncWrapProviders, createHook, type AsyncHook } from 'node:async_hooks';
import { Caller } from './caller.ts';
import type { WorkInFlight } from './work-in-flight.ts';
import { isHeldBackByReader } from './socket-ledger.ts';

interface Request {
  readonly type: string;
  readonly resource: { readonly handle?: unknown; readonly ondone?: unknown };
  readonly caller: Caller;
}

// One-shot work outside JavaScript: it begins and ends. Only Node's own types count; undici, for one, has resources of
// its own (UNDICI_REQUEST) that live while a virtual handler sleeps, and would hold the clock against itself.
const requestTypes = new Set(
  Object.keys(asyncWrapProviders).filter(
    (type) =>
      /REQ|QUERYWRAP|CONNECTWRAP|WRITEWRAP|SHUTDOWNWRAP|^PROCESSWRAP/.test(type) &&
      !type.includes('HTTP'),
  ),
);

/** What Node itself makes outside JavaScript; `Timeout` and `Immediate`, for two, are not among them. */
const providers = new Set(Object.keys(asyncWrapProviders));

const cryptographic = /PBKDF2|SCRYPT|RANDOM|SIGN|KEY|HASH|CIPHER|CRYPTO|ARGON|DERIVE|PRIME/;

const namedTypes: readonly (readonly [RegExp, string])[] = [
  [/^FS|^FILEHANDLE/, 'a file operation'],
  [/ADDRINFO|NAMEINFO|QUERYWRAP/, 'a name lookup'],
  [/^PROCESSWRAP/, 'a child process'],
  [/CONNECTWRAP/, 'a connection that is being opened'],
  [/WRITEWRAP|SHUTDOWNWRAP/, 'a write to a socket or pipe'],
  [cryptographic, 'cryptographic work'],
];

/** Watches, while it is enabled, for work that Node does outside JavaScript, and for callbacks of `setImmediate`. */
export class NativeRequests {
  #requests = new Map<number, Request>();
  #immediates = new Set<number>();
  #hasOthers = false;
  #ignoring = false;
  #hook: AsyncHook;

  constructor() {
    this.#hook = createHook({
      init: (id, type, _trigger, resource) => this.#begin(id, type, resource),
      destroy: (id) => this.#end(id),
      // Promises are no requests, and a hook on them would corrupt the hooks' stack when the watchdog ends a loop in a
      // promise's continuation: the process would abort instead of one test failing.
      trackPromises: false,
    });
  }

  enable(): void {
    this.#hook.enable();
  }

  disable(): void {
    this.#hook.disable();
    this.#requests.clear();
    this.#immediates.clear();
  }

  /** Whether a callback of `setImmediate` waits for its turn, those started in `ignoring` left out. */
  get hasImmediates(): boolean {
    return this.#immediates.size > 0;
  }

  /** Whether anything was made that may be at work without being in flight here: a port, a pipe, a stream that compresses. */
  get hasOthers(): boolean {
    return this.#hasOthers;
  }

  /** Does `work` without counting what it starts. */
  ignoring<T>(work: () => T): T {
    this.#ignoring = true;
    try {
      return work();
    } finally {
      this.#ignoring = false;
    }
  }

  /** What is being waited for, and who asked for it; null when nothing is. */
  inFlight(): WorkInFlight | null {
    for (const request of this.#requests.values()) {
      const { type, resource, caller } = request;
      if (isOverAlready(request)) continue;
      if (/WRITEWRAP|SHUTDOWNWRAP/.test(type) && isHeldBackByReader(resource.handle)) continue;
      const name = namedTypes.find(([pattern]) => pattern.test(type))?.[1];
      return { what: name ?? `work outside JavaScript (${type})`, caller };
    }
    return null;
  }

  #begin(id: number, type: string, resource: object): void {
    if (this.#ignoring) return;
    if (type === 'Immediate') this.#immediates.add(id);
    if (requestTypes.has(type)) this.#requests.set(id, { type, resource, caller: new Caller() });
    else if (providers.has(type)) this.#hasOthers = true;
  }

  #end(id: number): void {
    this.#requests.delete(id);
    this.#immediates.delete(id);
  }
}

/**
 * Whether it was a synchronous call of `node:crypto`, such as `randomUUID()`: it makes the same kind of request as an asynchronous one, which is
 * destroyed only when it is collected as garbage. Those that go on have somebody to call when they are done, or were made by Web Crypto.
 */
function isOverAlready({ type, resource, caller }: Request): boolean {
  return (
    cryptographic.test(type) &&
    typeof resource.ondone !== 'function' &&
    !caller.cameThrough('jobPromise')
  );
}
