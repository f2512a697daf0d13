import path from 'node:path';
import { test } from 'vitest';
import { projectRoot } from '../../trace/source-location.ts';
import { expect } from '../expect.ts';
import { redRecord } from './fixtures/red-record.ts';

const location = {
  file: path.join(projectRoot, 'katas', '16-never-block-a-handler', 'never-block-a-handler.ts'),
  line: 9,
  column: 3,
  functionName: 'fetchSync',
};
const held = {
  verdict: 'held',
  explanation: 'Your code held the event loop.',
  blame: { location },
};
const free = { verdict: 'free', explanation: 'The loop turned 20 times.', blame: null };
const unclear = { verdict: 'inconclusive', explanation: 'No run could be judged.', blame: null };

test('a free loop passes, and a held one under not', () => {
  expect(free).toLeaveTheLoopFree();
  expect(held).not.toLeaveTheLoopFree();
});

test('a held loop is explained, and its line blamed', async () => {
  const record = await redRecord(() => expect(held).toLeaveTheLoopFree());

  expect(record).toMatchObject({
    kind: 'assertion',
    message: 'Your code held the event loop.',
    location: { file: location.file, line: 9 },
  });
});

test('a loop that should have been held is told so', async () => {
  const record = await redRecord(() => expect(free).not.toLeaveTheLoopFree());

  expect(record.message).toBe(
    'It should hold the event loop, but it did not.\nThe loop turned 20 times.',
  );
});

test('a machine too busy to judge is neither pass nor failure', async () => {
  const positive = await redRecord(() => expect(unclear).toLeaveTheLoopFree());
  const negative = await redRecord(() => expect(unclear).not.toLeaveTheLoopFree());

  expect(positive.kind).toBe('inconclusive');
  expect(negative.kind).toBe('inconclusive');
});
