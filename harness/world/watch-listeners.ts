import { EventEmitter, getEventListeners } from 'node:events';
import { blamedFrame } from '../trace/source-location.ts';
import type { SourceLocation } from '../trace/source-location.ts';
import { callerStack } from './caller-stack.ts';

/** A listener that was added while its target was watched. */
export interface AddedListener {
  readonly event: string;
  readonly where: SourceLocation | null;
}

/** Tells which listeners were added and not removed. */
export interface ListenerWatch extends Disposable {
  /** Those that are still there, in the order in which they came. */
  left(): readonly AddedListener[];
}

interface Registration extends AddedListener {
  readonly listener: unknown;
}

/**
 * Watches `target` for listeners that are added from now on, until it is disposed of.
 *
 * Those that undici's `fetch` puts on a signal are left out: it drops them when its request is collected, not when it ends.
 */
export function watchListeners(target: EventTarget | EventEmitter): ListenerWatch {
  return target instanceof EventEmitter ? watchEmitter(target) : watchEventTarget(target);
}

function watchEmitter(emitter: EventEmitter): ListenerWatch {
  const added: Registration[] = [];
  const note = (event: string | symbol, listener: unknown): void => {
    if (listener !== note) register(added, String(event), listener);
  };
  emitter.on('newListener', note);
  return {
    left: () => stillThere(added, (event) => emitter.listeners(event)),
    [Symbol.dispose]: () => {
      emitter.off('newListener', note);
    },
  };
}

function watchEventTarget(target: EventTarget): ListenerWatch {
  const added: Registration[] = [];
  const addEventListener: EventTarget['addEventListener'] = (event, listener, options) => {
    register(added, event, listener);
    EventTarget.prototype.addEventListener.call(target, event, listener, options);
  };
  // An own property before the prototype's method: it is the call's stack that tells who adds a listener.
  Object.defineProperty(target, 'addEventListener', {
    value: addEventListener,
    configurable: true,
    writable: true,
  });
  return {
    left: () => stillThere(added, (event) => getEventListeners(target, event)),
    [Symbol.dispose]: () => {
      Reflect.deleteProperty(target, 'addEventListener');
    },
  };
}

function register(added: Registration[], event: string, listener: unknown): void {
  const stack = callerStack();
  const adder = stack.find((frame) => !isPlumbing(frame.file));
  if (adder && isUndici(adder.file)) return;
  added.push({ event, listener, where: blamedFrame(stack) });
}

/** Each listener counts as often as it is still there, however often it was added and removed. */
function stillThere(
  added: readonly Registration[],
  listenersOf: (event: string) => readonly unknown[],
): Registration[] {
  const current = new Map<string, unknown[]>();
  for (const { event } of added) {
    if (!current.has(event)) current.set(event, [...listenersOf(event)]);
  }
  // The newest registration of a listener is the one that is there, if an older one was removed.
  const left = added.toReversed().filter(({ event, listener }) => {
    const listeners = current.get(event) ?? [];
    const index = listeners.lastIndexOf(listener);
    if (index === -1) return false;
    listeners.splice(index, 1);
    return true;
  });
  return left.toReversed();
}

/** The watch itself and the event modules that pass a listener on. */
function isPlumbing(file: string): boolean {
  return (
    file.startsWith(import.meta.url) ||
    file === import.meta.filename ||
    /^node:(internal\/event|events)/.test(file)
  );
}

/** As a package, or as the one inside Node that serves the global `fetch`. */
function isUndici(file: string): boolean {
  return /[\\/]undici[\\/]/.test(file);
}
