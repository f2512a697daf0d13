import { afterAll, beforeAll, expect, test } from 'vitest';
import { IncidentError, reportIncident, takeIncidents, watchIncidents } from './incidents.ts';

const exit = process.exit;
const before = {
  unhandledRejection: process.listeners('unhandledRejection'),
  uncaughtException: process.listeners('uncaughtException'),
};

beforeAll(() => watchIncidents());

afterAll(() => {
  process.exit = exit;
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    for (const listener of process.listeners(event)) {
      if (!before[event].includes(listener)) process.off(event, listener as never);
    }
  }
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test('notes a rejection that nobody handles, with its line', async () => {
  void Promise.reject(new RangeError('too far.'));
  await nextTurn();

  const [incident, ...others] = takeIncidents();
  expect(others).toEqual([]);
  expect(incident).toMatchObject({
    kind: 'unhandled',
    message: 'A promise was rejected and nothing handled it: RangeError: too far.',
  });
  expect(incident?.location?.file).toContain('incidents.test.ts');
});

test('notes a rejection without an error', async () => {
  void Promise.reject('just a word');
  await nextTurn();

  expect(takeIncidents()[0]?.message).toMatch(/nothing handled it: just a word\.$/);
});

test('says nothing of a rejection that is handled in the same turn', async () => {
  const rejected = Promise.reject(new Error('seen'));
  queueMicrotask(() => {
    rejected.catch(() => {});
  });
  await nextTurn();

  expect(takeIncidents()).toEqual([]);
});

test('notes an error that is thrown where nothing can catch it', async () => {
  setImmediate(() => {
    throw new Error('in a callback');
  });
  await nextTurn();

  expect(takeIncidents()[0]).toMatchObject({
    kind: 'unhandled',
    message: 'An error was thrown where nothing could catch it: Error: in a callback.',
  });
});

test('notes process.exit even where the code catches what it throws', () => {
  expect(() => process.exit(3)).toThrow('Your code called process.exit(3).');

  expect(takeIncidents().map(({ kind, message }) => [kind, message])).toEqual([
    ['crash', 'Your code called process.exit(3).'],
  ]);
});

test('notes that its listeners were taken away, and listens again', async () => {
  process.removeAllListeners('unhandledRejection');
  expect(takeIncidents().map(({ message }) => message)).toEqual([
    "Your code removed the listeners of the process for 'unhandledRejection'.",
  ]);

  void Promise.reject(new Error('heard'));
  await nextTurn();
  expect(takeIncidents()[0]?.message).toMatch(/heard/);
});

test('hands out each incident once', () => {
  const incident = new IncidentError('leak', 'A timer was left.');
  reportIncident(incident);

  expect(takeIncidents()).toEqual([incident]);
  expect(takeIncidents()).toEqual([]);
});
