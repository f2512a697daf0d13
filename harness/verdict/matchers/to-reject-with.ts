import type { FailureKind } from '../../trace/explained.ts';
import { blamedFrame, parseStack } from '../../trace/source-location.ts';
import { fails, holds, type MatcherResult } from './matcher-result.ts';
import { isThenable, waitForSettlement, type Settlement } from './settlement.ts';
import { errorMessage, readProperty } from './read-safely.ts';
import { showValue } from './show-value.ts';

/** What a refusal must look like, where its identity is not known. */
export interface RefusalPattern {
  readonly name?: string;
  /** A part of the message, or an expression that it matches. */
  readonly message?: string | RegExp;
  /** An abort's reason: the error is the reason itself, or an `AbortError` whose `cause` it is. */
  readonly reason?: unknown;
}

/** Below the time after which a whole test is given up, so that the sentence speaks of this promise. */
const patienceMs = 8000;

/** What a run in virtual time or the watchdog found out says more than "it rejected with something else". */
const tellingKinds: readonly FailureKind[] = [
  'deadlock',
  'runaway',
  'held',
  'busy-wait',
  'hang',
  'inconclusive',
  'crash',
  'import',
  'missing-export',
];

/**
 * The promise rejects, or the function refuses (a synchronous throw or a rejection), with `expected`: this very value, or
 * what fits a pattern.
 *
 * @param subject - a promise, or a function that is called without arguments
 * @param expected - a plain object that has no other keys than those of `RefusalPattern` is a pattern
 * @throws the rejection itself, where it tells that the work hung or could not be judged
 */
export async function toRejectWith(subject: unknown, expected: unknown): Promise<MatcherResult> {
  return judgeRefusal(await settlementOf(subject), expected);
}

/** Calls `subject` if it is a function, and waits for what it gives. */
async function settlementOf(subject: unknown): Promise<Settlement> {
  let given: unknown = subject;
  try {
    if (typeof subject === 'function') given = Reflect.apply(subject, undefined, []);
  } catch (reason) {
    return { state: 'rejected', reason };
  }
  if (!isThenable(given)) return { state: 'fulfilled', value: given };
  return await waitForSettlement(given, patienceMs);
}

/** Says whether a promise that stands as `settlement` says was refused with `expected`. */
export function judgeRefusal(settlement: Settlement, expected: unknown): MatcherResult {
  if (settlement.state === 'pending') {
    return fails(`The promise is still pending; it should have rejected with ${tell(expected)}.`);
  }
  if (settlement.state === 'fulfilled') {
    return fails(
      `It succeeded with ${showValue(settlement.value)}; it should have rejected with ${tell(expected)}.`,
    );
  }
  const { reason } = settlement;
  if (fits(reason, expected)) return holds();
  if (isTelling(reason)) throw reason;
  return fails(
    `It rejected with ${showValue(reason).replace(/\.$/, '')}; it should have rejected with ${tell(expected)}.${nearMiss(reason, expected)}`,
    { location: locationOf(reason) },
  );
}

function fits(reason: unknown, expected: unknown): boolean {
  if (!isPattern(expected)) return Object.is(reason, expected);
  if ('reason' in expected && !isAbortFor(reason, expected.reason)) return false;
  if (expected.name !== undefined && readProperty(reason, 'name') !== expected.name) return false;
  if (expected.message === undefined) return true;
  const message = errorMessage(reason);
  return typeof expected.message === 'string'
    ? message.includes(expected.message)
    : new RegExp(expected.message).test(message);
}

function isAbortFor(error: unknown, reason: unknown): boolean {
  if (Object.is(error, reason)) return true;
  return (
    readProperty(error, 'name') === 'AbortError' && Object.is(readProperty(error, 'cause'), reason)
  );
}

function isPattern(expected: unknown): expected is RefusalPattern {
  if (typeof expected !== 'object' || expected === null) return false;
  if (Object.getPrototypeOf(expected) !== Object.prototype) return false;
  const keys = Object.keys(expected);
  return keys.length > 0 && keys.every((key) => ['name', 'message', 'reason'].includes(key));
}

function isTelling(reason: unknown): boolean {
  const kind = readProperty(reason, 'kind');
  return tellingKinds.some((telling) => telling === kind);
}

/** What would otherwise look the same, or nearly so. */
function nearMiss(reason: unknown, expected: unknown): string {
  const wanted = isPattern(expected) ? expected.reason : expected;
  if (wanted === undefined) return '';
  if (Object.is(readProperty(reason, 'cause'), wanted))
    return '\nWhat was expected is its `cause`.';
  const errors = readProperty(reason, 'errors');
  if (Array.isArray(errors) && errors.includes(wanted)) {
    return '\nWhat was expected is one of its `errors`.';
  }
  if (showValue(reason) === showValue(wanted)) {
    return '\nThey look alike, but it is another object: pass on the one that you were given.';
  }
  return '';
}

function tell(expected: unknown): string {
  if (!isPattern(expected)) return showValue(expected);
  const parts: string[] = [];
  if ('reason' in expected) {
    parts.push(
      `the reason of the abort, ${showValue(expected.reason)}, or an AbortError caused by it`,
    );
  }
  if (expected.name !== undefined) parts.push(`an error named ${expected.name}`);
  if (typeof expected.message === 'string') {
    parts.push(`a message with ${showValue(expected.message)}`);
  } else if (expected.message !== undefined) {
    parts.push(`a message like ${String(expected.message)}`);
  }
  return parts.join(' and ');
}

function locationOf(reason: unknown) {
  const stack = readProperty(reason, 'stack');
  return typeof stack === 'string' ? (blamedFrame(parseStack(stack)) ?? undefined) : undefined;
}
