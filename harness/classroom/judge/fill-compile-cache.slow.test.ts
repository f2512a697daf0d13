import { expect, test } from 'vitest';
import { KataSession } from '../../runner/kata-session.ts';
import { rehearsal } from './fill-compile-cache.ts';

test('the rehearsal does all that it is there for', { timeout: 60_000 }, async () => {
  await using session = await KataSession.open();

  const { tests, problem } = await session.run(rehearsal(), { submission: null });

  expect(problem).toBeNull();
  expect(tests.map(({ name, verdict, failure }) => [name, verdict, failure?.kind])).toEqual([
    ['time passes', 'pass', undefined],
    ['a server answers', 'pass', undefined],
    ['a failure is told', 'fail', 'assertion'],
    ['what was made is kept', 'pass', undefined],
  ]);
});
