import { expect, onTestFinished, test } from 'vitest';
import { HandClock } from './hand-clock.ts';
import { setRulingClock } from './ruling-clock.ts';

function install(): HandClock {
  const clock = HandClock.install();
  onTestFinished(() => setRulingClock(null));
  return clock;
}

test('timers fire when time is moved on, in the order in which they are due', async () => {
  const clock = install();
  const fired: [string, number][] = [];
  const note = (name: string) => () => fired.push([name, clock.now]);
  setTimeout(note('late'), 300);
  setTimeout(note('early'), 100);
  setTimeout(note('early too'), 100);
  const never = setTimeout(note('never'), 200);

  clearTimeout(never);
  await clock.advance(299);
  expect(fired).toEqual([
    ['early', 100],
    ['early too', 100],
  ]);
  await clock.advance(1);

  expect(fired.at(-1)).toEqual(['late', 300]);
});

test('what a timer starts is due in the same move', async () => {
  const clock = install();
  const seen: number[] = [];
  const beats = setInterval(() => queueMicrotask(() => seen.push(clock.now)), 40);

  await clock.advance(100);
  clearInterval(beats);

  expect(seen).toEqual([40, 80]);
});

test('it tells whether a timer would keep a program alive', async () => {
  const clock = install();
  expect(clock.keepsAlive).toBe(false);

  const timer = setTimeout(() => {}, 50);
  expect(clock.keepsAlive).toBe(true);
  timer.unref();

  expect(clock.keepsAlive).toBe(false);
  clearTimeout(timer);
});
