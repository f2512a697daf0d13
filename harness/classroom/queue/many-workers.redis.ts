import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { gradeClass, type GradedClass } from '../grade-class.ts';
import type { ClassReport } from '../grade-report.ts';
import { madeKatas, madeParts, madeStudent } from '../store/fixtures/made-class.ts';
import { VerdictStore } from '../store/verdict-store.ts';
import { startRedis } from './fixtures/redis-server.ts';
import { logIn, newFolder, shortLeaseMs, startWorker, until } from './fixtures/start-worker.ts';
import { QueueJudge } from './queue-judge.ts';
import type { RedisPlace } from './redis-place.ts';

interface ClassOptions {
  readonly store?: VerdictStore;
  readonly isRegrade?: boolean;
  readonly notices?: string[];
  readonly signal?: AbortSignal;
}

function openStore(): VerdictStore {
  const store = VerdictStore.open(':memory:');
  onTestFinished(() => store.close());
  return store;
}

function openJudge(place: RedisPlace, { isRegrade = false, notices = [] }: ClassOptions = {}) {
  return QueueJudge.open({
    place,
    isRegrade,
    katas: madeKatas,
    harnessOf: (kata) => `harness ${kata.id}`,
    onNotice: (sentence) => notices.push(sentence),
    lookMs: 300,
  });
}

/** Grades students whose answers to kata 01 are the texts given. */
async function grade(
  place: RedisPlace,
  texts: readonly string[],
  options: ClassOptions = {},
): Promise<GradedClass> {
  const { store = openStore(), signal } = options;
  const students = texts.map((text, index) =>
    madeStudent(`student-${String(index).padStart(3, '0')}`, { '01-first': text }),
  );
  return await gradeClass({
    store,
    katas: madeKatas.slice(0, 1),
    parts: { ...madeParts(students), openJudge: () => openJudge(place, options) },
    jobs: 100,
    ...(signal && { signal }),
  });
}

function verdictsOf({ grades }: ClassReport): string[] {
  return grades.map(({ verdict }) => verdict);
}

function go(folder: string): void {
  writeFileSync(path.join(folder, 'go'), '');
}

/** The answers of the lines that begin with a word. */
function answers(folder: string, word: 'began' | 'ended'): string[] {
  return logIn(folder)
    .filter((line) => line.startsWith(word))
    .map((line) => line.split(' ').slice(3).join(' '));
}

test('of three workers one is killed in mid-job: nothing is lost, and nothing is there twice', async () => {
  const { place } = await startRedis();
  const folder = newFolder();
  const workers = [];
  for (let count = 0; count < 3; count += 1) {
    workers.push(await startWorker(place, folder, { leaseMs: shortLeaseMs }));
  }
  const store = openStore();
  const kept: string[] = [];
  const put = store.put.bind(store);
  store.put = (key, grade) => {
    kept.push(key.submission);
    put(key, grade);
  };
  const texts = Array.from({ length: 40 }, (_, n) => `${n % 3 ? 'pass' : 'fail'} held ${n}`);

  const graded = grade(place, texts, { store });
  await until(() => answers(folder, 'began').length >= 3);
  const victim = workers[1]!;
  victim.kill('SIGKILL');
  await victim.closed;
  go(folder);
  const { report } = await graded;

  expect(verdictsOf(report)).toEqual(texts.map((text) => text.split(' ')[0]));
  expect(kept).toHaveLength(40);
  expect(new Set(kept).size).toBe(40);
  const lost = logIn(folder).find((line) => line.startsWith(`began ${victim.pid} `))!;
  const again = answers(folder, 'began').filter((text) => lost.endsWith(` ${text}`));
  expect(again.length).toBeGreaterThanOrEqual(2);
  expect(new Set(answers(folder, 'ended'))).toEqual(new Set(texts));
});

test('SIGTERM drains a worker: it ends what it judges, takes nothing new, and exits with 0', async () => {
  const { place } = await startRedis();
  const folder = newFolder();
  const worker = await startWorker(place, folder, { jobs: 2 });
  const texts = ['pass held 1', 'pass held 2', 'pass held 3', 'pass held 4', 'pass held 5'];
  const graded = grade(place, texts);
  await until(() => answers(folder, 'began').length === 2);

  worker.kill('SIGTERM');
  await worker.said('draining');
  go(folder);

  expect(await worker.closed).toBe(0);
  expect(answers(folder, 'began')).toHaveLength(2);
  expect(answers(folder, 'ended')).toHaveLength(2);
  await startWorker(place, folder);
  expect(verdictsOf((await graded).report)).toEqual(texts.map(() => 'pass'));
  expect(answers(folder, 'began')).toHaveLength(5);
});

test('a job that ends every worker is given up after five tries, and does not stop the others', async () => {
  const { place } = await startRedis();
  const folder = newFolder();
  const graded = grade(place, ['die', 'pass 1', 'pass 2']);
  const state = { isGraded: false };
  void graded.then(() => {
    state.isGraded = true;
  });

  let deaths = 0;
  while (!state.isGraded) {
    const worker = await startWorker(place, folder, { leaseMs: shortLeaseMs }).catch(() => null);
    await Promise.race([worker?.closed, until(() => state.isGraded)]);
    if (!state.isGraded) deaths += 1;
  }

  const { report } = await graded;
  expect(deaths).toBe(5);
  expect(answers(folder, 'began').filter((text) => text === 'die')).toHaveLength(5);
  expect(verdictsOf(report)).toEqual(['infrastructure', 'pass', 'pass']);
  expect(report.grades[0]!.reason).toBe('5 workers began it, and ended or fell silent over it.');
});

test('a job over which the judge fails is tried five times, and the reason is told', async () => {
  const { place } = await startRedis();
  const folder = newFolder();
  await startWorker(place, folder);

  const { report } = await grade(place, ['throws', 'pass']);

  expect(answers(folder, 'began').filter((text) => text === 'throws')).toHaveLength(5);
  expect(verdictsOf(report)).toEqual(['infrastructure', 'pass']);
  expect(report.grades[0]!.reason).toBe('no disk');
});

test('what is asked for interactively is judged before a regrade', async () => {
  const { place } = await startRedis();
  const folder = newFolder();
  const regrades = ['pass regrade 1', 'pass regrade 2', 'pass regrade 3'];
  await using later = await openJudge(place, { isRegrade: true });
  await using first = await openJudge(place);
  const ask = async (judge: QueueJudge, text: string): Promise<void> => {
    using desk = await judge.takeDesk();
    await desk.judge(madeKatas[0]!, new Map([['answer.ts', Buffer.from(text)]]), { seed: 1 });
  };
  const asked = regrades.map((text) => ask(later, text));
  await until(async () => (await later.waiting()) === 3);
  asked.push(ask(first, 'pass now'));
  await until(async () => (await later.waiting()) === 4);

  await startWorker(place, folder);
  await Promise.all(asked);

  expect(answers(folder, 'began')).toEqual(['pass now', ...regrades]);
});

test('a run that was cut off and goes on finds its jobs, and the results that came meanwhile', async () => {
  const { place } = await startRedis();
  const folder = newFolder();
  const store = openStore();
  const cutOff = new AbortController();
  const texts = ['pass 1', 'fail 2', 'pass 3'];
  const run = grade(place, texts, { store, signal: cutOff.signal });
  await using watch = await openJudge(place);
  await until(async () => (await watch.waiting()) === 3);
  cutOff.abort(new Error('cut off'));
  await expect(run).rejects.toThrow('cut off');

  await startWorker(place, folder);
  await until(() => answers(folder, 'ended').length === 3);
  const { report } = await grade(place, texts, { store });

  expect(verdictsOf(report)).toEqual(['pass', 'fail', 'pass']);
  expect(answers(folder, 'began').toSorted()).toEqual(texts.toSorted());
});

test('jobs that the server lost are put on the queue again', async () => {
  const server = await startRedis();
  const folder = newFolder();
  await startWorker(server.place, folder);
  const graded = grade(server.place, ['pass held 1', 'pass 2', 'fail 3']);
  await until(() => answers(folder, 'began').length === 1);

  await server.loseEverything();
  go(folder);

  expect(verdictsOf((await graded).report)).toEqual(['pass', 'pass', 'fail']);
});

test('a worker with another harness takes no job, and says why; the run says that nobody takes them', async () => {
  const { place } = await startRedis();
  const folder = newFolder();
  const notices: string[] = [];
  const graded = grade(place, ['pass'], { notices });
  await until(() => notices.length > 0);

  const other = await startWorker(place, folder, { harness: 'another' });
  await other.said('1 jobs wait for another harness');
  await other.said('which does not take them: it would judge by other rules.');
  expect(logIn(folder)).toEqual([]);
  await startWorker(place, folder);

  expect(verdictsOf((await graded).report)).toEqual(['pass']);
  expect(notices[0]).toMatch(/^Jobs wait at redis:.* and no worker takes them\. Start one: /);
});

test('an answer that is too large for a job is not put on the queue, and is no zero', async () => {
  const { place } = await startRedis();
  const folder = newFolder();
  await startWorker(place, folder);

  const { report } = await grade(place, [`pass ${' '.repeat(1_000_000)}`]);

  expect(logIn(folder)).toEqual([]);
  expect(report.grades[0]).toMatchObject({
    verdict: 'infrastructure',
    reason: expect.stringContaining('1000005 bytes'),
  });
});
