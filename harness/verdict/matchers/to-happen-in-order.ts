import { fails, holds, type MatcherResult } from './matcher-result.ts';
import { counted, ordinal } from './sentences.ts';
import { shorten, showValue } from './show-value.ts';

/** The steps happened in exactly this order, each as often as it is listed. */
export function toHappenInOrder(
  order: readonly string[],
  expected: readonly string[],
): MatcherResult {
  const length = Math.max(order.length, expected.length);
  let first = 0;
  while (first < length && order[first] === expected[first]) first += 1;
  if (first === length) return holds();

  return fails([
    differenceSentence(order, expected, first),
    `  expected: ${showSteps(expected, first)}`,
    `  happened: ${showSteps(order, first)}`,
  ]);
}

function differenceSentence(
  order: readonly string[],
  expected: readonly string[],
  index: number,
): string {
  const wanted = expected[index];
  const came = order[index];
  if (wanted === undefined) {
    return `All ${counted(expected.length, 'expected step')} came, and then ${showValue(came)} happened too.`;
  }
  if (came === undefined) {
    return `${showValue(wanted)} should have happened as the ${ordinal(index + 1)} step, but nothing came after the ${ordinal(index)}.`.replace(
      'nothing came after the 0th',
      'nothing happened at all',
    );
  }
  const later = order.indexOf(wanted, index);
  const fate =
    later === -1 ? 'which did not happen' : `which happened as the ${ordinal(later + 1)}`;
  return `The ${ordinal(index + 1)} step was ${showValue(came)}; it should be ${showValue(wanted)}, ${fate}.`;
}

/** A few steps around the one that differs. */
function showSteps(steps: readonly string[], index: number): string {
  if (steps.length === 0) return '(nothing)';
  const from = Math.max(0, index - 3);
  const to = Math.min(steps.length, index + 4);
  const shown = steps.slice(from, to).map((step) => shorten(step, 24));
  return [from > 0 ? '…' : '', ...shown, to < steps.length ? '…' : '']
    .filter((part) => part !== '')
    .join(', ');
}
