import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readKata } from '../catalog/kata.ts';
import type { Confinement } from './confinement.ts';
import type { KataResult, TestResult } from './kata-result.ts';
import { KataSession } from './kata-session.ts';

const kata = readKata('03-three-fetches');
// A hang is ended after two seconds; on a loaded machine the rest takes its time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let session: KataSession;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'kata-session-'));
  session = await KataSession.open();
});

afterAll(async () => {
  await session.close();
  rmSync(directory, { recursive: true });
});

/** Judges `source` as the answer to kata 03. */
async function judge(source: string): Promise<KataResult & { file: string }> {
  const file = path.join(directory, 'answer.ts');
  writeFileSync(file, source);
  return { ...(await session.run(kata, { submission: file })), file };
}

const fetchAll = (body: string, before = ''): string =>
  `${before}\nexport async function fetchAll(urls) { ${body} }\n`;

function firstRed(result: KataResult): TestResult {
  return result.tests.find((candidate) => candidate.verdict === 'fail')!;
}

test('judges one submission after another, and tells of each test as it ends', async () => {
  const told: string[] = [];
  const solution = await session.run(kata, {
    submission: 'solutions',
    onTest: (id, { name, verdict }) => told.push(`${id} ${verdict} ${name}`),
  });
  const starter = await session.run(kata, { submission: 'katas' });

  expect([solution.verdict, starter.verdict]).toEqual(['pass', 'fail']);
  expect(told).toContain('03-three-fetches pass three fetches finish in under 1.2s');
  expect(told).toHaveLength(solution.tests.length);
});

test('keeps what the code printed, for the reader', async () => {
  const result = await judge(fetchAll('console.log("asked for", urls.length); return [];'));

  expect(stripVTControlCharacters(result.output)).toContain('asked for 3');
});

test('a timer that keeps no process alive ends with its own test', async () => {
  const interval = `
    const load = (globalThis.loads = (globalThis.loads ?? 0) + 1);
    setInterval(() => console.log(load === globalThis.loads ? 'own' : 'late'), 20).unref();`;
  const result = await judge(
    fetchAll('await new Promise((done) => { setTimeout(done, 100); }); return [];', interval),
  );

  expect(new Set(result.output.trim().split(/\s+/))).toEqual(new Set(['own']));
});

test('tells of a file that does not parse, with its line', async () => {
  const result = await judge('const a = 1;\nexport async function fetchAll( {\n');

  expect(firstRed(result).failure).toMatchObject({ kind: 'import', location: { line: 2 } });
  expect(firstRed(result).failure?.message).toMatch(/^three-fetches\.ts cannot be read/);
});

test('tells of a file that lacks an export', async () => {
  const result = await judge('export const fetchEverything = 1;');

  expect(firstRed(result).failure?.message).toMatch(/does not export `fetchAll`/);
});

test('tells of a file that throws while it is loaded, in its own path', async () => {
  const result = await judge('\n\nthrow new Error("no network today");');

  expect(firstRed(result).failure).toMatchObject({ kind: 'import', location: { line: 3 } });
  expect(firstRed(result).failure?.location?.file).toBe(result.file);
});

test('tells of process.exit, even where the code catches everything', async () => {
  const result = await judge(fetchAll('try { process.exit(0); } catch {} return [];'));

  expect(result.verdict).toBe('fail');
  expect(firstRed(result).failure?.message).toBe('Your code called process.exit(0).');
});

test('tells of a rejection that nobody handled', async () => {
  const result = await judge(fetchAll('Promise.reject(new Error("lost")); return [];'));

  const empty = result.tests.find(({ name }) => name.startsWith('returns an empty list'))!;
  expect(empty.failure).toMatchObject({ kind: 'unhandled', location: { line: 2 } });
  expect(empty.failure?.message).toMatch(/nothing handled it: Error: lost/);
});

test('tells of an error that is thrown in a timer', async () => {
  const result = await judge(
    fetchAll('setTimeout(() => { throw new Error("late"); }, 5); await new Promise(() => {});'),
  );

  expect(firstRed(result).failure?.message).toMatch(/late/);
});

test('survives a flood on the console', async () => {
  const result = await judge(
    fetchAll('for (let i = 0; i < 1e5; i++) console.log("flood", i); return [];'),
  );

  expect(result.output.length).toBeLessThan(1_000_000);
  expect(result.tests[0]!.droppedWrites).toBeGreaterThan(90_000);
  expect(result.tests.at(-1)!.verdict).toBe('pass');
});

test('ends a loop that never ends, names its line, and goes on with the other tests', async () => {
  const result = await judge(fetchAll('if (urls.length === 3)\nfor (;;);\nreturn [];'));

  const hung = result.tests.filter((one) => one.failure?.kind === 'hang');
  expect([...new Set(hung.map((one) => one.failure?.location?.line))]).toEqual([3]);
  expect(result.tests.at(-1)!.verdict).toBe('pass');
});

test('ends an endless chain of microtasks', async () => {
  const result = await judge(fetchAll('if (urls.length === 3)\nfor (;;) await null;\nreturn [];'));

  expect(firstRed(result).failure).toMatchObject({ kind: 'hang' });
  expect(result.tests.at(-1)!.verdict).toBe('pass');
});

test('kills a process whose native call does not return, and names the call', async () => {
  const wait = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';
  const result = await judge(
    fetchAll(
      'execFileSync("sleep", ["20"]);',
      'import { execFileSync } from "node:child_process";',
    ),
  );
  const asleep = await judge(fetchAll(`if (urls.length === 3)\n${wait}\nreturn [];`));

  expect(result.verdict).toBe('crashed');
  expect(result.problem).toMatchObject({ kind: 'hang', location: { file: result.file, line: 2 } });
  expect(result.problem?.message).toContain('execFileSync');
  expect(firstRed(asleep).failure).toMatchObject({ kind: 'hang', location: { line: 3 } });
});

test('tells of a promise that nobody settles', async () => {
  const result = await judge(fetchAll('return urls.length === 0 ? [] : new Promise(() => {});'));

  expect(firstRed(result).failure).toMatchObject({ kind: 'deadlock' });
});

test('tells of code that uses up its memory', async () => {
  const result = await judge(
    fetchAll('const kept = []; for (;;) { kept.push(new Array(1e5).fill(urls)); await null; }'),
  );

  expect(result.verdict).toBe('crashed');
  expect(result.problem?.message).toMatch(/used up all the memory/);
});

test('says that a submission is not there', async () => {
  const result = await session.run(kata, { submission: directory });

  expect(firstRed(result).failure).toMatchObject({ kind: 'missing-file' });
});

test('what a process still says after its answer was ended is no word of the next one', async () => {
  const lastWords = path.join(directory, 'last-words');
  writeFileSync(lastWords, '');
  const confinement: Confinement = {
    name: directory,
    // As a sandbox, it is gone a little before the process in it, when it is killed.
    command: '/bin/sh',
    words: ['-c', '"$@" & trap "kill $!" TERM; wait', 'sh'],
    environment: { PATH: process.env['PATH']! },
    user: null,
    lastWords,
    limits: { seconds: 60, memoryBytes: 2 ** 31, processes: 64, outputBytes: 2 ** 24 },
  };
  const stubborn = path.join(directory, 'stubborn.ts');
  writeFileSync(
    stubborn,
    `for (let round = 0; round < 300; round++) {
       process.send({ t: 'q', m: 'fetch', a: [] });
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
     }
     process.kill(process.pid, 'SIGKILL');`,
  );

  const ended = await session.run(kata, { submission: stubborn, confinement });
  const next = await session.run(kata, { submission: 'solutions', confinement });

  expect([ended.confined?.breach, next.confined?.breach]).toEqual(['message', null]);
  const own = next.tests.filter(({ name }) => !name.startsWith('canary '));
  expect(new Set(own.map(({ verdict, genuine }) => `${verdict} ${genuine}`))).toEqual(
    new Set(['pass true']),
  );
});
