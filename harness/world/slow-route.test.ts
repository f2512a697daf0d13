import { expect, test } from 'vitest';
import { bodyFor, checkRoutes, needsSocket, routeFor } from './slow-route.ts';

test('a list of routes is taken in turn, around and around', () => {
  const routes = { '/a': [{ status: 500 }, { status: 200 }] };

  expect([0, 1, 2].map((hit) => routeFor(routes, '/a', hit).status)).toEqual([500, 200, 500]);
});

test('a path without a route is answered by `*`, or is not found', () => {
  expect(routeFor({ '*': { status: 201 } }, '/x', 0).status).toBe(201);
  expect(routeFor({}, '/x', 0).status).toBe(404);
  expect(routeFor({}, '/constructor', 0).status).toBe(404);
});

test('a body carries the nonce where it is asked to', () => {
  expect(bodyFor({ body: '{"id":"{nonce}"}' }, 'f00')).toBe('{"id":"f00"}');
  expect(bodyFor({ body: 'plain' }, 'f00')).toBe('plain');
  expect(bodyFor({}, 'f00')).toBe('f00');
});

test.each([
  [{ '/a': { delayMs: -1 } }, 'Expected `delayMs` of /a to be zero or more, got `-1`.'],
  [{ '/a': [{}, { bodyDelayMs: NaN }] }, 'Expected `bodyDelayMs` of /a'],
  [{ '/a': { together: 0 } }, 'Expected `together` of /a'],
  [{ '/a': { status: 99 } }, 'Expected `status` of /a'],
  [{ a: {} }, 'Expected a path that begins with `/`'],
])('%j is refused', (routes, message) => {
  expect(() => checkRoutes(routes)).toThrow(message);
});

test('broken and slow bodies need a socket, in a list too', () => {
  expect([{ fail: 'cut' as const }, { bodyDelayMs: 5 }, { echo: true }].every(needsSocket)).toBe(
    true,
  );
  expect(needsSocket([{}, { fail: 'stall' }])).toBe(true);
  expect(needsSocket({ fail: 'destroy', delayMs: 5 })).toBe(false);
});
