import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { SqlGate } from './sql-gate.ts';
import { until } from './until.ts';

function emptyFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'sql-gate-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return path.join(folder, 'test.db');
}

/** Runs queries in another thread, one after another, each with one parameter; notes their rows. */
function startThread(file: string, ...queries: string[]): unknown[] {
  const script = new URL('fixtures/sql-worker.ts', import.meta.url);
  const worker = new Worker(script, { workerData: { file, queries }, execArgv: [] });
  const rows: unknown[] = [];
  worker.on('message', (message) => rows.push(message));
  onTestFinished(async () => {
    await worker.terminate();
  });
  return rows;
}

const through = [{ value: 'through' }];

test('a query waits until the gate is opened', async () => {
  const file = emptyFile();
  using gate = new SqlGate(file);

  const rows = startThread(file, 'SELECT ? AS value', gate.sql);
  await until(() => rows.length > 0, 'the query before the gate', { limitMs: 10_000 });
  for (let reads = 0; reads < 100; reads += 1) {
    using other = new DatabaseSync(file);
    other.prepare('SELECT count(*) FROM gate').all();
  }
  expect(rows.length).toBe(1);
  gate.open();

  await until(() => rows.length === 2, 'the query at the gate', { limitMs: 10_000 });
  expect(rows).toEqual([through, through]);
});

test('gates of one file are opened one by one', async () => {
  const file = emptyFile();
  using first = new SqlGate(file);
  using second = new SqlGate(file);

  const rows = startThread(file, second.sql, first.sql);
  second.open();
  await until(() => rows.length === 1, 'the query at the open gate', { limitMs: 10_000 });
  first.open();

  await until(() => rows.length === 2, 'the query at the other gate', { limitMs: 10_000 });
});

test('opens when it is disposed of', async () => {
  const file = emptyFile();
  let rows: unknown[];
  {
    using gate = new SqlGate(file);
    rows = startThread(file, gate.sql);
  }

  await until(() => rows.length === 1, 'the query at the gate', { limitMs: 10_000 });
});

test('its own thread is told that the query would hold it', () => {
  const file = emptyFile();
  using database = new DatabaseSync(file);
  const { prepare } = DatabaseSync.prototype;
  {
    using gate = new SqlGate(file);
    expect(() => database.prepare(gate.sql)).toThrow('on the thread of the event loop');
    expect(database.prepare('SELECT 1 AS one').all()).toEqual([{ one: 1 }]);
  }
  expect(DatabaseSync.prototype.prepare).toBe(prepare);
});
