import type { KataResult, TestResult } from '../runner/kata-result.ts';
import type { FailureRecord } from '../verdict/test-record.ts';

/** What a red kata is explained by: one test, or what stopped the whole file. */
export interface FirstRed {
  readonly test: TestResult | null;
  readonly failure: FailureRecord;
}

/** The first thing to look at in a verdict; null where all is green. */
export function firstRed(result: KataResult): FirstRed | null {
  const red = result.tests.find(({ verdict }) => verdict === 'fail');
  if (red?.failure) return { test: red, failure: red.failure };
  if (result.problem !== null) return { test: null, failure: result.problem };
  const unsure = result.tests.find(({ verdict }) => verdict === 'inconclusive');
  return unsure?.failure ? { test: unsure, failure: unsure.failure } : null;
}

/** How many tests were green, and what it took, in one line each. */
export function wordsOf(result: KataResult): { headline: string; details: string } {
  const green = result.tests.filter(({ verdict }) => verdict === 'pass').length;
  const all = result.tests.length;
  const details = timesOf(result);
  if (result.verdict === 'pass') return { headline: `All ${all} green`, details };
  if (result.verdict === 'inconclusive') {
    return {
      headline: 'Not judged',
      details: 'The machine is too busy. This says nothing about your code.',
    };
  }
  return { headline: all === 0 ? 'Red' : `${green} of ${all} green`, details };
}

/** Virtual seconds beside real ones: what the virtual clock saves. */
function timesOf(result: KataResult): string {
  const virtualMs = result.tests.reduce((sum, test) => sum + test.virtualMs, 0);
  const real = `${(result.realMs / 1000).toFixed(1)} s`;
  return virtualMs === 0
    ? `in ${real}`
    : `${(virtualMs / 1000).toFixed(1)} virtual seconds in ${real}`;
}
