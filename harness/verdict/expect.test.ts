import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, test } from 'vitest';
import { inVirtualTime, installTrampolines } from '../clock/index.ts';
import { drawTimeline } from '../trace/text-timeline.ts';
import { currentTrace } from '../trace/trace.ts';
import { Traffic } from '../world/traffic.ts';
import { expect } from './expect.ts';
import { redMessage } from './matchers/fixtures/red-record.ts';

beforeAll(() => {
  installTrampolines();
});

test('work at the same time passes every matcher of time and traffic', async () => {
  const traffic = new Traffic();

  const run = await inVirtualTime(() =>
    Promise.all(['/a', '/b', '/c'].map((path) => traffic.track(path, () => sleep(1000)))),
  );

  expect(run).toTakeVirtually(1000);
  expect(run).toTakeVirtuallyUnder(1200);
  expect(run).toLeaveNoTimers();
  expect(traffic).toHavePeak(3);
  expect(traffic).toHaveHits(3);
  expect(traffic.requests.map((request) => request.startedAt)).toStartAt([0, 0, 0]);
});

test('work one after another is told by what really happened, and drawn', async () => {
  const traffic = new Traffic();

  const run = await inVirtualTime(async () => {
    for (const path of ['/a', '/b', '/c']) await traffic.track(path, () => sleep(1000));
  });

  expect(await redMessage(() => expect(run).toTakeVirtually(1000))).toBe(
    [
      'Your code took 3000 ms; it should take 1000 ms.',
      '3 requests were sent, never more than 1 at a time: they ran one after another. At the same time they take 1000 ms.',
    ].join('\n'),
  );
  const drawn = drawTimeline(currentTrace().spans, { virtual: true });
  expect(drawn).toMatch(/^CALL \/c +█+ +2000 – 3000 ms$/m);
});

test('a timer left behind is told with the line that started it', async () => {
  const run = await inVirtualTime(async () => {
    setTimeout(() => {}, 5000);
    await sleep(10);
  });

  expect(await redMessage(() => expect(run).toLeaveNoTimers())).toMatch(
    /^1 timer was still pending when the work was done: setTimeout\(5000\) from harness\/verdict\/expect\.test\.ts:\d+\.$/,
  );
});

test('asking whether a promise is pending does not move virtual time', async () => {
  const run = await inVirtualTime(async () => {
    const soon = sleep(1, 'done');
    await expect(soon).toBePending();
    return soon;
  });

  expect(run.value).toBe('done');
  expect(run).toTakeVirtually(1);
});

test('a deadlock under a refusal is told as a deadlock', async () => {
  const stuck = () => inVirtualTime(() => new Promise(() => {}));

  expect(
    await redMessage(() => expect(stuck).toRejectWith({ name: 'TimeoutError' })),
  ).not.toContain('should have rejected');
});
