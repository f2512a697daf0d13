import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { readKata } from '../catalog/kata.ts';
import { startFirstProcess } from './first-process.ts';
import { KataSession } from './kata-session.ts';
import { SpareProcess } from './spare-process.ts';

vi.setConfig({ testTimeout: 60_000 });

test('a process that was started beforehand judges the first kata', async () => {
  const take = vi.spyOn(SpareProcess.prototype, 'take');
  const kata = readKata('03-three-fetches');

  await using session = await KataSession.open(startFirstProcess(kata));
  const results = [
    await session.run(kata, { submission: 'solutions' }),
    await session.run(kata, { submission: 'katas' }),
  ];

  // Null would mean that Vitest now starts its processes in another way.
  expect(take.mock.results.map(({ value }) => value !== null)).toEqual([true]);
  expect(results.map(({ verdict }) => verdict)).toEqual(['pass', 'fail']);
});

test('a process is not handed over to a worker that asks for other arguments', () => {
  using spare = SpareProcess.start([]);

  expect(spare.take(['--max-old-space-size=99'], {})).toBeNull();
});

test('a process that nobody took is ended', async () => {
  const spare = SpareProcess.start([]);
  const { child } = spare;

  spare[Symbol.dispose]();

  await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
});

test('threads that an answer starts inherit nothing of it', () => {
  using spare = SpareProcess.start([]);

  expect(spare.child.spawnargs.filter((argument) => argument.startsWith('--import'))).toEqual([]);
});
