import { expect, test } from 'vitest';
import { madeKatas } from '../store/fixtures/made-class.ts';
import { harnessPart, queueName } from './queue-name.ts';

test('who judges by another harness has another queue', () => {
  const name = queueName(madeKatas, () => 'harness');

  expect(queueName(madeKatas, () => 'harness')).toBe(name);
  expect(queueName(madeKatas, ({ id }) => (id === '02-second' ? 'newer' : 'harness'))).not.toBe(
    name,
  );
  expect(harnessPart(name)).toMatch(/^[0-9a-f]{16}$/);
});
