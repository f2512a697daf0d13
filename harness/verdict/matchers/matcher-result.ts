import type { Explained } from '../../trace/explained.ts';

/** What a matcher may say beside its message; it reaches `describeFailure` through Vitest's error. */
export interface MatcherHints {
  readonly location?: Explained['location'];
  readonly advice?: string;
  readonly expected?: unknown;
  readonly received?: unknown;
}

/** What Vitest wants of a matcher. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
  readonly actual?: unknown;
  readonly expected?: unknown;
  readonly meta: { readonly kata: Pick<MatcherHints, 'location' | 'advice'> };
}

/** The check holds; `message` is shown where `.not` wanted that it does not. */
export function holds(message = ''): MatcherResult {
  return { pass: true, message: () => message, meta: { kata: {} } };
}

/** The check does not hold, and `message` says so of the learner's program. */
export function fails(
  message: string | readonly string[],
  hints: MatcherHints = {},
): MatcherResult {
  const { location, advice, expected, received } = hints;
  const text = typeof message === 'string' ? message : message.join('\n');
  return {
    pass: false,
    message: () => text,
    ...(Object.hasOwn(hints, 'expected') ? { expected, actual: received } : {}),
    meta: {
      kata: {
        ...(location === undefined ? {} : { location }),
        ...(advice === undefined ? {} : { advice }),
      },
    },
  };
}
