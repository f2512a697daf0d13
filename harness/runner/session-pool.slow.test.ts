import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readKata } from '../catalog/kata.ts';
import { kata } from './fixtures/judged-results.ts';
import { SessionPool } from './session-pool.ts';
import type { SessionPoolOptions } from './session-pool.ts';

const script = new URL('fixtures/scripted-session.ts', import.meta.url);

function openPool(options: Partial<SessionPoolOptions> = {}): SessionPool {
  const pool = SessionPool.open({ size: 1, script, ...options });
  onTestFinished(() => pool.close());
  return pool;
}

test('gives every job its own result, over no more processes than its size', async () => {
  const pool = openPool({ size: 2 });
  const names = Array.from({ length: 10 }, (_, index) => `answer-${index}`);

  const results = await Promise.all(names.map((name) => pool.run(kata, { submission: name })));

  expect(results.map((result) => result.submission)).toEqual(names);
  expect(new Set(results.map((result) => result.output)).size).toBeLessThanOrEqual(2);
});

test('judges again in a fresh process when one dies, and says so', async () => {
  const notices: string[] = [];
  const pool = openPool({ onRestart: (sentence) => notices.push(sentence) });
  const folder = mkdtempSync(path.join(tmpdir(), 'session-pool-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));

  const result = await pool.run(kata, { submission: `die-once:${path.join(folder, 'died')}` });

  expect(result.verdict).toBe('pass');
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(/ended with code 7\. It is judged again in a fresh process\.$/);
});

test('rejects a job whose second process died too, and goes on with the others', async () => {
  const pool = openPool();

  const died = pool.run(kata, { submission: 'die' });
  const next = pool.run(kata, { submission: null });

  await expect(died).rejects.toThrow(/signal SIGKILL\. It was the second one; nothing is known\.$/);
  await expect(next).resolves.toMatchObject({ verdict: 'pass' });
});

test('ends a process that does not end by itself', async () => {
  const pool = openPool({ limitMs: 50 });

  const stuck = pool.run(kata, { submission: 'never' });

  await expect(stuck).rejects.toThrow('it did not end within 0.05 s');
});

test('rejects a job that its process refuses, at once', async () => {
  const pool = openPool();

  const refused = pool.run(kata, { submission: 'refuse' });

  await expect(refused).rejects.toThrow('03-three-fetches with refuse: there is no such spec');
});

test('rejects every job when the processes cannot start', async () => {
  const pool = openPool({ size: 2, script: new URL('fixtures/not-there.ts', import.meta.url) });

  const job = pool.run(kata, { submission: null });

  await expect(job).rejects.toThrow(
    /No process could start that judges katas: it ended with code 1\. It said: .*not-there/s,
  );
});

test('rejects what has not ended when it is closed', async () => {
  const pool = openPool();
  const running = pool.run(kata, { submission: 'never' });
  const waiting = pool.run(kata, { submission: null });
  const both = Promise.allSettled([running, waiting]);

  await pool.close();

  expect((await both).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
  await expect(pool.run(kata, { submission: null })).rejects.toThrow('The pool was closed');
});

test('refuses a size that is no number of processes', () => {
  expect(() => SessionPool.open({ size: 0, script })).toThrow(
    'Expected `size` to be a positive whole number, got `0`.',
  );
});

test('judges a kata in a process with a Vitest of its own, and tells of each test as it ends', async () => {
  const pool = SessionPool.open({ size: 1 });
  onTestFinished(() => pool.close());
  const told: string[] = [];

  const result = await pool.run(readKata('03-three-fetches'), {
    submission: 'solutions',
    onTest: (id, { name }) => told.push(`${id} ${name}`),
  });

  expect(result.verdict).toBe('pass');
  expect(told).toEqual(result.tests.map(({ name }) => `03-three-fetches ${name}`));
});
