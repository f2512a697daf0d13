import { expect, test } from 'vitest';
import { startTrace } from '../trace/trace.ts';
import { gate } from './gate.ts';
import { Traffic } from './traffic.ts';

test('it counts what is in flight, the most at once, and every request', () => {
  const traffic = new Traffic();
  const first = traffic.begin({ path: '/a' });
  const second = traffic.begin({ path: '/b?x=1', method: 'POST' });
  first.end('done');
  first.end('failed');
  traffic.begin({ path: '/a' }).end('failed');
  second.end('aborted');

  expect(traffic).toMatchObject({ inFlight: 0, peak: 2, hits: 3 });
  expect(traffic.requests.map(({ outcome }) => outcome)).toEqual(['done', 'aborted', 'failed']);
  expect(traffic.of('/b')).toMatchObject([{ method: 'POST', path: '/b?x=1' }]);
});

test('each request is a span of the trace', () => {
  const trace = startTrace();
  new Traffic().begin({ path: '/a' }).end('aborted');

  expect(trace.spans).toMatchObject([{ label: 'GET /a', kind: 'request', outcome: 'cancelled' }]);
});

test('a function is tracked from its call until its promise settles', async () => {
  const traffic = new Traffic();
  const door = gate<string>();
  const calls = [
    traffic.track('user 1', () => door.wait()),
    traffic.track('user 2', () => door.wait()),
  ];
  expect(traffic).toMatchObject({ inFlight: 2, peak: 2 });
  door.open('row');

  expect(await Promise.all(calls)).toEqual(['row', 'row']);
  expect(traffic.inFlight).toBe(0);
});

test('a tracked function that throws at once is a failed request and a rejection', async () => {
  const traffic = new Traffic();
  const error = new Error('no connection');
  const call = traffic.track('user 1', () => {
    throw error;
  });

  await expect(call).rejects.toBe(error);
  expect(traffic.requests).toMatchObject([{ outcome: 'failed' }]);
});

test('reached resolves when so many are in flight at once, and can be given up', async () => {
  const traffic = new Traffic();
  const controller = new AbortController();
  const three = traffic.reached(3, { signal: controller.signal });
  const two = traffic.reached(2);
  traffic.begin({ path: '/a' });
  traffic.begin({ path: '/b' });

  await two;
  controller.abort('enough');
  await expect(three).rejects.toBe('enough');
  await traffic.reached(1);
});

test('the body of a path that was never asked for is refused', () => {
  expect(() => new Traffic().bodyOf('/a')).toThrow('nothing was served there');
});
