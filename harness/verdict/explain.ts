import { AssertionError } from 'node:assert';
import { stripVTControlCharacters } from 'node:util';
import type { FailureKind } from '../trace/explained.ts';
import {
  authorPath,
  blamedFrame,
  formatLocation,
  ownerOf,
  parseStack,
  type SourceLocation,
} from '../trace/source-location.ts';
import { InconclusiveError } from './failure.ts';
import { errorMessage, errorName, readProperty, readSafely } from './matchers/read-safely.ts';
import { shorten, showValue } from './matchers/show-value.ts';
import type { FailureRecord } from './test-record.ts';

/** A message is read by a person. */
const longestMessage = 2000;
/** Errors inside errors that are told, and how deep. */
const mostParts = 4;
const deepest = 3;
/** No frame that matters lies behind these. */
const longestStack = 20_000;

const kinds: Readonly<Record<FailureKind, true>> = {
  assertion: true,
  unhandled: true,
  leak: true,
  'busy-wait': true,
  deadlock: true,
  runaway: true,
  held: true,
  hang: true,
  error: true,
  import: true,
  'missing-export': true,
  'missing-file': true,
  crash: true,
  inconclusive: true,
};

/**
 * Turns whatever a test ended with into a record that tells it in the learner's terms.
 *
 * It never throws, however hostile the error: getters are read with care, circles are cut, and the message is at most
 * 2,000 characters long.
 */
export function describeFailure(error: unknown): FailureRecord {
  return readSafely(() => describe(error), {
    kind: 'error',
    message: 'Your code threw a value that cannot be shown.',
    location: null,
    advice: null,
    diff: null,
  });
}

function describe(error: unknown): FailureRecord {
  if (!isError(error)) {
    const message = `Your code threw ${showValue(error)}, which is not an Error.`;
    const advice = 'Throw an Error: it knows where it was made, and carries a message.';
    return { kind: 'error', message, location: null, advice, diff: null };
  }
  const kind = kindOf(error);
  if (kind !== null) return describeExplained(error, kind);
  if (isAssertion(error)) return describeAssertion(error);
  return describeThrown(error);
}

/** An error of the harness: its message is already written for the learner. */
function describeExplained(error: Error, kind: FailureKind): FailureRecord {
  const given = readProperty(error, 'location');
  return {
    kind,
    message: limitMessage(errorMessage(error)),
    location: given === undefined ? placeOf(blameOf(error)) : placeOf(given),
    advice: adviceOf(error),
    diff: diffOf(error, 'received'),
  };
}

function describeAssertion(error: Error): FailureRecord {
  const hints = matcherHints(error);
  const message = stripVTControlCharacters(errorMessage(error))
    .replace(/ \/\/ Object\.is equality$/m, '')
    .trim();
  const unwanted = unwantedValue(message, error);
  const diff = unwanted === null ? diffOf(error, 'actual') : null;
  return {
    kind: 'assertion',
    message: limitMessage(unwanted ?? (diff === null ? message : withoutComparison(message))),
    location: placeOf(readProperty(hints, 'location')) ?? placeOf(blameOf(error)),
    advice: adviceOf(hints),
    diff,
  };
}

/** What `.not.toBe` and its kin say, told once: both sides are the same. null for every other assertion. */
function unwantedValue(message: string, error: Error): string | null {
  const groups =
    /^(?:(?<label>\S.*?)[:?.]?: )?expected .+ (?:not to be|to not (?:deeply |strictly )?equal) /.exec(
      message,
    )?.groups;
  if (!groups || !hasOwn(error, 'expected') || !hasOwn(error, 'actual')) return null;
  const received = showValue(readProperty(error, 'actual'));
  if (received !== showValue(readProperty(error, 'expected'))) return null;
  const { label } = groups;
  return `${label === undefined ? 'Got' : `${label}: got`} ${received}, which it must not be.`;
}

/**
 * `The answers: expected [ 1 ] to deeply equal [ 2 ]` becomes `The answers:`, for both sides stand below it. Without words of the spec in
 * front, and for every comparison that is not an equality, nothing is left out.
 */
function withoutComparison(message: string): string {
  return message.replace(
    /^(\S.*?)([:?.]?): expected .*(?<! not) to (?:be|equal|deeply equal|strictly equal) (?!not |less |greater |an? |close |truthy|falsy|defined).+$/m,
    (_line, label: string, mark: string) => `${label}${mark === '' ? ':' : mark}`,
  );
}

function describeThrown(error: Error): FailureRecord {
  const frame = blameOf(error);
  const subject = frame !== null && ownerOf(frame.file) === 'spec' ? 'The test' : 'Your code';
  const lines = tellError(error, frame, 0, new Set());
  return {
    kind: 'error',
    message: limitMessage([`${subject} threw ${lines[0]}`, ...lines.slice(1)].join('\n')),
    location: placeOf(frame),
    advice: null,
    diff: null,
  };
}

/** The error in one line, then its parts and causes, indented. */
function tellError(
  error: unknown,
  frame: SourceLocation | null,
  depth: number,
  seen: Set<unknown>,
): string[] {
  seen.add(error);
  const place = frame === null ? '' : ` at ${formatLocation(frame)}`;
  const lines = [`${isError(error) ? headline(error) : showValue(error)}${place}`];
  if (!isError(error)) return lines;
  const { shown, hidden } = partsOf(error);
  if (depth >= deepest) return shown.length === 0 ? lines : [...lines, '  …'];

  for (const [label, part] of shown) {
    if (seen.has(part)) {
      lines.push(`  ${label}: the same error again`);
      continue;
    }
    const [first, ...rest] = tellError(part, isError(part) ? blameOf(part) : null, depth + 1, seen);
    lines.push(`  ${label}: ${first}`, ...rest.map((line) => `  ${line}`));
  }
  if (hidden > 0) lines.push(`  … and ${hidden} more`);
  return lines;
}

interface Parts {
  readonly shown: (readonly [label: string, part: unknown])[];
  readonly hidden: number;
}

/** The errors that an error carries: a dispose's and the body's, a group's, or the one behind it. */
function partsOf(error: Error): Parts {
  const parts: Parts['shown'] = [];
  let hidden = 0;
  // By name and not by `instanceof`: a polyfill's SuppressedError is one too.
  if (errorName(error) === 'SuppressedError') {
    parts.push(['thrown last', readProperty(error, 'error')]);
    parts.push(['hidden by it', readProperty(error, 'suppressed')]);
  }
  const errors = readProperty(error, 'errors');
  if (Array.isArray(errors)) {
    const shown: unknown[] = errors.slice(0, mostParts);
    for (const [index, part] of shown.entries()) parts.push([`error ${index + 1}`, part]);
    hidden = errors.length - shown.length;
  }
  const cause = readProperty(error, 'cause');
  if (cause !== undefined) parts.push(['caused by', cause]);
  return { shown: parts, hidden };
}

function kindOf(error: Error): FailureKind | null {
  const kind = readProperty(error, 'kind');
  if (!isFailureKind(kind)) return null;
  // Learner code must not be able to call its own failure inconclusive.
  if (kind === 'inconclusive' && !(error instanceof InconclusiveError)) return null;
  return kind;
}

function isFailureKind(kind: unknown): kind is FailureKind {
  return typeof kind === 'string' && Object.hasOwn(kinds, kind);
}

/** Assertion errors of Vitest, of its extended matchers, and of `node:assert`. */
function isAssertion(error: Error): boolean {
  if (error instanceof AssertionError || errorName(error) === 'AssertionError') return true;
  return readProperty(error, '__vitest_error_context__') !== undefined;
}

function matcherHints(error: Error): unknown {
  const context = readProperty(error, '__vitest_error_context__');
  return readProperty(readProperty(context, 'meta'), 'kata');
}

/** Both sides in short, where both are known and the message does not show them already. */
function diffOf(error: Error, receivedKey: 'actual' | 'received'): string | null {
  if (!hasOwn(error, 'expected') || !hasOwn(error, receivedKey)) return null;
  const expected = readProperty(error, 'expected');
  const received = readProperty(error, receivedKey);
  if (expected === undefined && received === undefined) return null;
  return `expected: ${showValue(expected)}\nreceived: ${showValue(received)}`;
}

/** The line that threw: the learner's nearest, else the spec's. */
function blameOf(error: Error): SourceLocation | null {
  const stack = readProperty(error, 'stack');
  if (typeof stack !== 'string') return null;
  const message = errorMessage(error);
  const told = message === '' ? -1 : stack.indexOf(message);
  // A message may look like a frame, or be too long to be searched for frames.
  const frames = told === -1 ? stack : stack.slice(told + message.length);
  return readSafely(() => blamedFrame(parseStack(frames.slice(0, longestStack))), null);
}

function adviceOf(source: unknown): string | null {
  const advice = readProperty(source, 'advice');
  return typeof advice === 'string' && advice !== '' ? advice : null;
}

function placeOf(location: unknown): FailureRecord['location'] {
  const file = readProperty(location, 'file');
  const line = readProperty(location, 'line');
  if (typeof file !== 'string' || typeof line !== 'number') return null;
  return { file: authorPath(file), line };
}

function headline(error: Error): string {
  const message = errorMessage(error).trim();
  const name = errorName(error);
  const code = readProperty(error, 'code');
  const suffix = typeof code === 'string' && !message.includes(code) ? ` (${code})` : '';
  return shorten(message === '' ? name : `${name}: ${message}`, longestMessage / 4) + suffix;
}

function limitMessage(message: string): string {
  return shorten(message, longestMessage);
}

function isError(value: unknown): value is Error {
  return readSafely(() => value instanceof Error || Error.isError(value), false);
}

function hasOwn(error: Error, key: string): boolean {
  return readSafely(() => Object.hasOwn(error, key), false);
}
