import { describe, expect, test } from 'vitest';
import { blameCall } from './blame-call.ts';
import type { LoopGap } from './loop-gap.ts';
import type { SyncCall } from './sync-calls.ts';

const location = { file: '/katas/01/a.ts', line: 3, column: 1, functionName: 'f' };
const gap: LoopGap = { from: 0, to: 100, heldMs: 100, cause: 'asleep', doubtMs: 0, queuedMs: 0 };

function call(from: number, to: number, line: number): SyncCall {
  const ms = to - from;
  return {
    callee: 'execSync',
    from,
    to,
    heldMs: ms,
    asleepMs: ms,
    location: { ...location, line },
  };
}

describe('blameCall', () => {
  test('adds up the calls of one line within one gap', () => {
    const blame = blameCall([call(0, 30, 3), call(30, 60, 3), call(60, 100, 4)], [gap]);

    expect(blame).toMatchObject({
      callee: 'execSync',
      location: { line: 3 },
      heldMs: 60,
      share: 0.6,
    });
  });

  test('does not add up calls of two gaps, between which the loop turned', () => {
    const gaps = [gap, { ...gap, from: 100, to: 200 }];
    const blame = blameCall([call(0, 30, 3), call(100, 130, 3), call(130, 170, 4)], gaps);

    expect(blame).toMatchObject({ location: { line: 4 }, heldMs: 40 });
  });

  test('blames nobody for a call that no line of the program made', () => {
    expect(blameCall([{ ...call(0, 90, 3), location: null }], [gap])).toBeNull();
  });
});
