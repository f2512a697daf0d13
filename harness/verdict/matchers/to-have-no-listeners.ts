import { EventEmitter, getEventListeners } from 'node:events';
import { fails, holds, type MatcherResult } from './matcher-result.ts';
import { showValue } from './show-value.ts';
import { counted } from './sentences.ts';

/**
 * Nothing listens to `target` any more.
 * @param type - the event; by default `abort` for a signal, and every event for an emitter
 * @throws {TypeError} for another event target without a type, since its types cannot be listed
 */
export function toHaveNoListeners(
  target: AbortSignal | EventEmitter | EventTarget,
  type?: string,
): MatcherResult {
  const left: string[] = [];
  for (const name of typesOf(target, type)) {
    const count = countListeners(target, name);
    if (count > 0) left.push(`${counted(count, 'listener')} for ${showValue(name)}`);
  }
  if (left.length === 0) return holds();
  return fails(`${left.join(' and ')} left on ${nameOf(target)} when the work was done.`, {
    advice:
      'Remove each listener when its work has ended, also when the work failed or was aborted.',
  });
}

function typesOf(
  target: AbortSignal | EventEmitter | EventTarget,
  type: string | undefined,
): readonly (string | symbol)[] {
  if (type !== undefined) return [type];
  if (target instanceof AbortSignal) return ['abort'];
  if (target instanceof EventEmitter) return target.eventNames();
  throw new TypeError(
    `Expected the type of the event as an argument of \`toHaveNoListeners\`, got none: an EventTarget cannot list its types.`,
  );
}

function countListeners(target: EventEmitter | EventTarget, name: string | symbol): number {
  if (target instanceof EventEmitter) return target.listenerCount(name);
  return getEventListeners(target, String(name)).length;
}

function nameOf(target: AbortSignal | EventEmitter | EventTarget): string {
  if (target instanceof AbortSignal) return 'the signal';
  return target instanceof EventEmitter ? 'the emitter' : 'the event target';
}
