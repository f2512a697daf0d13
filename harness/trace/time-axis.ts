import type { Span } from './span.ts';

/** The common axis of a timeline, from 0 to `end` milliseconds. */
export interface TimeAxis {
  readonly end: number;
  /** Round numbers from 0 up to `end`. */
  readonly ticks: readonly number[];
}

/** Milliseconds that a figure can tell apart. */
const finest = 0.1;

/** The axis on which all `spans` fit, with at most `maxTicks` round ticks behind the zero. */
export function timeAxis(
  spans: readonly Pick<Span, 'start' | 'end' | 'due'>[],
  maxTicks: number,
): TimeAxis {
  let end = 0;
  for (const span of spans) end = Math.max(end, span.start, span.end ?? span.due ?? 0);
  // Shorter times are not shown as figures, and the smallest numbers have no round part.
  if (!(end >= finest) || !Number.isFinite(end)) end = 1;
  const step = Math.max(finest, roundStep(end / Math.max(1, maxTicks)));
  const ticks = Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, index) =>
    Number((index * step).toPrecision(12)),
  );
  return { end, ticks };
}

/** The smallest of 1, 2, 5 times a power of ten that is at least `atLeast`. */
function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const factor = [1, 2, 5, 10].find((factor) => factor * power >= atLeast * (1 - 1e-9)) ?? 10;
  return factor * power;
}
