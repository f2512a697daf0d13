import { expect, test } from 'vitest';
import { lateMessage, tameMessage } from './tame-message.ts';

test('a report on tests goes through as it is', () => {
  const message = { t: 'q', m: 'onTaskUpdate', a: [[], []], i: '1' };

  expect(tameMessage(message)).toEqual({ message, refused: null });
});

test.for(['fetch', 'transform', 'onTaskArtifactRecord', 'writeBenchmarkResult', 'constructor'])(
  'a request to %s does not reach Vitest',
  (m) => {
    const { message, refused } = tameMessage({ t: 'q', m, a: ['/etc/passwd'], i: '1' });

    expect(refused).toBe(m);
    expect(message).toEqual({ t: 'q', m: 'getCountOfFailedTests', a: [], i: '1' });
  },
);

test('what is no message is refused', () => {
  expect(tameMessage('hello').refused).toBe('a string');
  expect(tameMessage({ t: 'q', m: {} }).refused).toBe('[object Object]');
});

test('a late report on tests is not heard, and the end of its process is', () => {
  const stopped = { type: 'stopped', __vitest_worker_response__: true };

  expect(lateMessage({ t: 'q', m: 'onTaskUpdate', a: [[], []], i: '1' })).toEqual({
    t: 'q',
    m: 'getCountOfFailedTests',
    a: [],
    i: '1',
  });
  expect(lateMessage('hello')).toEqual({ t: 'q', m: 'getCountOfFailedTests', a: [] });
  expect(lateMessage(stopped)).toBe(stopped);
});
