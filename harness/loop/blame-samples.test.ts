import { describe, expect, test } from 'vitest';
import { blameSamples } from './blame-samples.ts';
import type { SampledSite } from './hold-sampler.ts';

function site(functionName: string, line: number, ms: number, samples: number): SampledSite {
  return { location: { file: '/katas/01/a.ts', line, column: 1, functionName }, ms, samples };
}

describe('blameSamples', () => {
  test('names the function with the most time, at the line with the most time in it', () => {
    const sites = [site('g', 9, 50, 10), site('f', 3, 40, 8), site('f', 4, 30, 6)];
    const blame = blameSamples({ spanMs: 120, sites }, 120);

    expect(blame).toMatchObject({
      location: { functionName: 'f', line: 3 },
      callee: null,
      heldMs: 70,
    });
  });

  test('counts what no sample speaks for against the line', () => {
    const blame = blameSamples({ spanMs: 40, sites: [site('f', 3, 40, 8)] }, 400);

    expect(blame!.share).toBeCloseTo(0.1);
  });

  test('names nobody by one late sample', () => {
    expect(blameSamples({ spanMs: 20, sites: [site('f', 3, 20, 1)] }, 20)).toBeNull();
  });
});
