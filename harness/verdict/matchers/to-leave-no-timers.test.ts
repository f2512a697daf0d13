import path from 'node:path';
import { test } from 'vitest';
import { projectRoot } from '../../trace/source-location.ts';
import { expect } from '../expect.ts';
import { redMessage, redRecord } from './fixtures/red-record.ts';

const where = {
  file: path.join(projectRoot, 'katas', '09-timeouts', 'timeouts.ts'),
  line: 12,
  column: 3,
  functionName: 'withTimeout',
};
const timer = { kind: 'setTimeout', delayMs: 5000, where };

test('a run that left nothing passes', () => {
  expect({ leftBehind: [] }).toLeaveNoTimers();
});

test('a timer that was left is told with its line', async () => {
  const record = await redRecord(() => expect({ leftBehind: [timer] }).toLeaveNoTimers());

  expect(record.message).toBe(
    '1 timer was still pending when the work was done: setTimeout(5000) from katas/09-timeouts/timeouts.ts:12.',
  );
  expect(record.location).toEqual({ file: where.file, line: 12 });
  expect(record.advice).toContain('Clear a timer');
});

test('many timers are told in a few lines', async () => {
  const leftBehind = Array.from({ length: 9 }, () => ({ ...timer, where: null }));

  const message = await redMessage(() => expect({ leftBehind }).toLeaveNoTimers());

  expect(message.split('\n')).toEqual([
    '9 timers were still pending when the work was done:',
    ...Array.from({ length: 4 }, () => '  setTimeout(5000)'),
    '  … and 5 more',
  ]);
});
