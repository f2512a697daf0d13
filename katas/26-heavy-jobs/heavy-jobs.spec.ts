import { setTimeout as sleep } from 'node:timers/promises';
import {
  VirtualClock,
  collectGarbage,
  expect,
  gate,
  inVirtualTime,
  kata,
  random,
  test,
  turns,
} from '#harness';
import type { Gate } from '#harness';

const load = kata(() => import('./heavy-jobs.ts'));

/** Also whoever looks each millisecond for what is old keeps the contract. */
const manyTimers = { maxTimers: 500_000 };
const ttlMs = random().int(3000, 5000);
const mark = random().nonce();
/** So long after its end a job is forgotten, also by those who look only now and then for what is old. */
const forgottenMs = latest(ttlMs);
/** A free place is given away within so many milliseconds: some look for it again and again. */
const soonMs = 50;
/** What Retry-After may be: whole seconds above zero, or a date such as "Wed, 21 Oct 2026 07:28:00 GMT". */
const secondsOrDate = /^([1-9]\d*|\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT)$/;

timed('POST /jobs is answered before its work begins', async () => {
  await using desk = await open({ running: 2, maxQueued: 2 });

  const answers = [await desk.post('one'), await desk.post('two')];
  await aWhile();

  for (const { name, answered } of desk.calls) {
    if (!answered)
      expect.fail(`The work of job "${name}" was called before its POST was answered.`);
  }
  for (const { status, location, id, job } of answers) {
    expect(status, 'The status of POST /jobs').toBe(202);
    expect(id, 'The id of the new job').toMatch(/^[\w-]+$/);
    expect(location, 'The path to which the header Location leads').toBe(`/jobs/${id}`);
    if (job) expect(job, 'The job in the answer to its POST').toEqual({ id, status: 'queued' });
  }
  expect(desk.begun, 'Two places were free, two jobs came; those whose work was called').toEqual([
    'one',
    'two',
  ]);
});

timed('never more than running jobs are at work, the oldest first', async () => {
  const places = random().int(2, 4);
  // The first lasts longer than several others: whoever waits for a whole batch is late. One in the middle fails.
  const lengths = [703, ...random().shuffle([101, 204, 107, 303, 409, 108, 206, 111, 113])];
  await using desk = await open({ running: places, maxQueued: 10 }, async ({ name }) => {
    await sleep(lengths[Number(name)]);
    if (name === '3') throw new Error('The film is broken.');
  });

  const names = lengths.map((_, index) => String(index));
  for (const name of names) await desk.post(name);
  await sleep(5000);

  if (desk.mostAtWork > places) {
    expect.fail(`There are ${places} places, and ${desk.mostAtWork} jobs were at work at once.`);
  }
  expect(desk.begun, 'The order in which the jobs began').toEqual(names);
  const starts = desk.calls.map(({ startedAt }) => startedAt);
  const due = startsWithoutIdling(starts, lengths, places);
  expect(punctual(starts, due)).toStartAt(due);
});

timed('a job is queued, then running, then done with its result', async () => {
  const seen: Record<string, Promise<Answer>> = {};
  let id = '';
  await using desk = await open({ running: 1, maxQueued: 9 }, ({ name, door }) => {
    if (name === 'job') seen['asked'] = desk.get(id);
    return door.wait();
  });
  const result = { film: mark, sizes: [360, 720], nested: { seen: null } };

  const before = await desk.post('before');
  // The first jobs of an app begin soon, or not at once: both are right, if the status tells it.
  for (let look = 0; look < 20; look += 1) {
    await turns(1);
    const begun = desk.begun.length;
    const { job } = await desk.get(before.id);
    if (begun !== desk.begun.length) continue;
    const told = `The status of a job whose work was ${begun ? 'called' : 'not called yet'}`;
    expect(job?.status, told).toBe(begun ? 'running' : 'queued');
  }
  await aWhile();
  ({ id } = await desk.post('job'));
  await aWhile();
  const queued = await desk.get(id);
  desk.call('before').door.open(null);
  await aWhile();
  const running = [await desk.get(id), await desk.get(id)];
  desk.call('job').door.open(result);
  await aWhile();
  const done = [await desk.get(id), await desk.get(id)];

  const stages = [queued, ...running, ...done].map(({ job }) => job?.status);
  const told = 'The status while another job has the only place, twice at work, twice at the end';
  expect(stages, told).toEqual(['queued', 'running', 'running', 'done', 'done']);
  expect(queued.job, 'The queued job').toEqual({ id, status: 'queued' });
  for (const { job } of done) expect(job, 'The job').toEqual({ id, status: 'done', result });
  expect(desk.call('job').input, 'The input of work').toEqual(inputOf('job'));
  expect(desk.begun, 'All calls of work, though the job was asked for again').toEqual([
    'before',
    'job',
  ]);
  const asked = await seen['asked'];
  expect(asked?.job?.status, 'The status that its own work sees when it is called').toBe('running');

  const results = [null, 0, '', false, [], ['360p'], 'A film'];
  await using several = await desk.openBeside({ running: results.length, maxQueued: 9 });
  const others = await Promise.all(results.map((_, index) => several.post(`other ${index}`)));
  await aWhile();
  for (const [index, value] of results.entries()) {
    several.call(`other ${index}`).door.open(value);
    await aWhile();
    const { job } = await several.get(others[index]!.id);
    const told = `The job whose work resolved with ${JSON.stringify(value)}`;
    expect(job, told).toEqual({ id: others[index]!.id, status: 'done', result: value });
  }
});

timed('a job whose work throws or rejects has failed, and says why', async () => {
  // What the text has to hold. For what is neither an Error with a message nor a text, it is up to the answer.
  const failures: Record<string, [text: string, fail: () => unknown]> = {
    'rejects at once': [`One ${mark}`, () => Promise.reject(new Error(`One ${mark}`))],
    'rejects later': [
      `Two ${mark}`,
      () => sleep(1).then(() => Promise.reject(new TypeError(`Two ${mark}`))),
    ],
    'throws at once': [
      `Three ${mark}`,
      () => {
        throw new Error(`Three ${mark}`);
      },
    ],
    'rejects with a text': [`Four ${mark}`, () => Promise.reject(`Four ${mark}`)],
    'rejects with null': ['', () => Promise.reject(null)],
    'rejects with undefined': ['', () => Promise.reject(undefined)],
    'rejects with an empty text': ['', () => Promise.reject('')],
    'rejects with an object that is no Error': ['', () => Promise.reject({ message: mark })],
    'rejects with an Error that has no message': ['', () => Promise.reject(new TypeError())],
    'rejects with an AbortError, though nobody has cancelled the job': [
      mark,
      () => Promise.reject(new DOMException(mark, 'AbortError')),
    ],
  };
  const ways = Object.keys(failures);
  const limits = { running: 1, maxQueued: ways.length - 1 };
  await using desk = await open(limits, ({ name, door }) => failures[name]?.[1]() ?? door.wait());

  const posted = [];
  for (const way of ways) posted.push(await desk.post(way));
  await sleep(1000);

  for (const [index, way] of ways.entries()) {
    const { id } = posted[index]!;
    const { job } = await desk.get(id);
    if (job?.['status'] === 'queued') {
      expect.fail(
        `All jobs before the one whose work ${way} have failed, and it is still queued: one of them keeps its place.`,
      );
    }
    const { error, ...rest } = job ?? {};
    const told = `The job whose work ${way}`;
    expect(rest, told).toEqual({ id, status: 'failed' });
    expect(error, `${told}: its \`error\``).toBeTypeOf('string');
    expect(error, `${told}: its \`error\``).toContain(failures[way]![0]);
  }
  expect(desk.begun.toSorted(), 'All calls of work').toEqual(ways.toSorted());
  const next = await desk.post('next');
  expect(next.status, 'The status of a job that comes when all jobs before it have failed').toBe(
    202,
  );
});

timed('a full queue is 503 with Retry-After', async () => {
  for (const { running, maxQueued } of [
    { running: 2, maxQueued: random().int(3, 6) },
    { running: 3, maxQueued: 0 },
  ]) {
    await using desk = await open({ running, maxQueued });
    const most = running + maxQueued;

    const names = Array.from({ length: most + 2 }, (_, index) => String(index));
    const burst = await Promise.all(names.map((name) => desk.post(name)));
    await aWhile();
    const late = await desk.post('late');
    desk.calls[0]?.door.open(null);
    await aWhile();
    const next = await desk.post('next');

    const limits = `With running ${running} and maxQueued ${maxQueued}`;
    const taken = burst.filter(({ status }) => status === 202);
    expect(taken.length, `${limits}, jobs taken of ${most + 2} at one moment`).toBe(most);
    expect(late.status, `${limits}, the status of one job more`).toBe(503);
    for (const refused of [...burst.filter(({ status }) => status !== 202), late]) {
      expect(refused.status, `${limits}, the status of a job that was not taken`).toBe(503);
      expect(refused.retryAfter, 'The header Retry-After of a 503').toMatch(secondsOrDate);
    }
    expect(next.status, `${limits}, the status of a job when another had ended`).toBe(202);
    await desk.finishAll();
    expect(desk.calls.length, `${limits}, calls of work for ${most + 1} jobs`).toBe(most + 1);
  }
});

timed('the same Idempotency-Key gives the same job', async () => {
  await using desk = await open({ running: 1, maxQueued: 2 });
  await using other = await desk.openBeside({ running: 1, maxQueued: 1 });

  const [first, twin] = await Promise.all([desk.post('film', 'k1'), desk.post('film', 'k1')]);
  await aWhile();
  const second = await desk.post('film');
  const third = await desk.post('film');
  const again = await desk.post('film', 'k1');
  const elsewhere = await other.post('film', 'k1');
  await aWhile();
  desk.call('film').door.open(mark);
  await aWhile();
  const afterwards = await desk.post('film', 'k1');

  const { id } = first;
  const repeated = { 'at the same moment': twin, 'with a full queue': again, afterwards };
  for (const [when, answer] of Object.entries(repeated)) {
    expect(answer.status, `The status for the same key, ${when}`).toBeOneOf([200, 202]);
    expect(answer.id, `The id for the same key, ${when}`).toBe(id);
  }
  if (again.job) {
    const told = 'The status of the job for the same key, while it is at work';
    expect(again.job['status'], told).toBe('running');
  }
  expect(await desk.toldBy(afterwards), 'The job as it stood when it was done').toEqual({
    id,
    status: 'done',
    result: mark,
  });
  for (const { status } of [second, third]) {
    expect(status, 'The status of the same body without a key').toBe(202);
  }
  const ids = new Set([id, second.id, third.id]);
  expect(ids.size, 'Different ids of a job with a key, and two of the same body without').toBe(3);
  if (!other.begun.includes('film') || (elsewhere.job && elsewhere.job['status'] !== 'queued')) {
    expect.fail('Two apps gave the same job for the same key.');
  }
  await desk.finishAll();
  expect(desk.calls.length, 'Calls of work, for one key and two jobs without').toBe(3);

  const ends: Record<string, (id: string) => unknown> = {
    failed: () => desk.call('failed').door.fail(new Error(mark)),
    cancelled: (id) => desk.delete(id),
  };
  for (const [name, end] of Object.entries(ends)) {
    const posted = await desk.post(name, name);
    await aWhile();
    await end(posted.id);
    await aWhile();
    const { job } = await desk.get(posted.id);
    const repeated = await desk.post(name, name);
    const told = `The job for the same key, when it was ${name}`;
    expect(await desk.toldBy(repeated), told).toEqual(job);
  }
  await desk.finishAll();
  const told = 'The calls of work for two keys, each sent again after its job had ended';
  expect(desk.begun.slice(3), told).toEqual(['failed', 'cancelled']);
  const atLast = await desk.post('film', 'k1');
  const when = 'when jobs of other keys had come after it';
  expect(atLast.id, `The id for the first key, ${when}`).toBe(id);
  const foreign = await other.get(third.id);
  expect(foreign.status, 'The status of GET for a job of another app').toBe(404);
});

timed('jobs with different keys are different jobs', async () => {
  await using desk = await open({ running: 1, maxQueued: 20 });
  const plain = await desk.post('plain');
  const long = mark.padEnd(63, '0');
  const keys = [`${long}a`, `${long}b`, `${long}B`, long, 'a', 'A', '0', '-', 'constructor'];
  // The id of a job may be sent as the key of another.
  if (/^[a-z\d-]{1,64}$/i.test(plain.id)) keys.push(plain.id);

  const others = new Map([[plain.id, 'a job without a key']]);
  for (const key of keys) {
    const { status, id } = await desk.postWithKey(key, key);
    expect(status, `The status for the new key ${key}`).toBe(202);
    const other = others.get(id);
    if (other !== undefined) expect.fail(`The new key ${key} was given the job of ${other}.`);
    others.set(id, `the key ${key}`);
  }
});

timed('a key is free again when its job is forgotten or was refused', async () => {
  await using desk = await open({ running: 1, maxQueued: 1 });

  await desk.post('first', 'k1');
  await aWhile();
  await desk.post('second');
  const refused = await desk.post('refused', 'k2');
  await desk.finishAll();
  const retried = await desk.post('retried', 'k2');
  await aWhile();
  await desk.finishAll();
  await sleep(forgottenMs);
  const renewed = await desk.post('renewed', 'k1');
  await aWhile();
  const shown = await desk.get(renewed.id);

  expect(refused.status, 'The status with a full queue').toBe(503);
  expect(retried.status, 'The status for the refused key, when there was room').toBe(202);
  expect(renewed.status, 'The status for the key of a forgotten job').toBe(202);
  const told =
    'The job of a refused key was sent again, and there was room. The jobs whose work was called';
  expect(desk.begun, told).toEqual(['first', 'second', 'retried', 'renewed']);
  expect(shown.status, 'The status of GET for the new job of that key').toBe(200);
});

timed('a finished job is forgotten after ttlMs, and no other', async (clock) => {
  await using desk = await open({ running: 4, maxQueued: 9 });
  const at = (ms: number) => sleep(ms - clock.now);
  const ids: string[] = [];
  const names = ['done', 'failed', 'long', 'stopped', 'queued'] as const;
  for (const name of names) ids.push((await desk.post(name, name)).id);
  const [done, failed, long, stopped, queued] = ids as [string, string, string, string, string];
  /** The jobs that nobody may forget, and their names. */
  const known = new Map([[long, 'long']]);
  const renew = async (name: string) => {
    const { status, job, id } = await desk.post(name, name);
    const told = `for the key of job "${name}", when that was forgotten`;
    expect(status, `The status ${told}`).toBe(202);
    if (job) expect(job['status'], `The status of the job ${told}`).toBe('queued');
    const other = known.get(id);
    if (other !== undefined) {
      expect.fail(`The new job ${told}, has the id of job "${other}", which is not forgotten.`);
    }
    known.set(id, name);
  };

  await at(100);
  await desk.delete(queued);
  await at(200);
  desk.call('done').door.open(mark);
  await at(700);
  desk.call('failed').door.fail(new Error(mark));
  await at(800);
  await desk.delete(stopped);
  await at(900);
  desk.call('stopped').door.open(mark);
  await at(ttlMs);
  // Who asks does not make it live longer.
  for (const id of ids) await desk.get(id);
  const repeated: string[] = [];
  for (const name of names) repeated.push((await desk.post(name, name)).id);
  expect(repeated, 'The ids for the same keys, before any job was forgotten').toEqual(ids);
  // Done already: this may remove it, but not keep it longer.
  await desk.delete(done);

  const ends = [
    ['queued', queued, 'cancelled', 100],
    ['failed', failed, 'failed', 700],
    ['stopped', stopped, 'cancelled', 800],
  ] as const;
  for (const [name, id, status, endedAt] of ends) {
    await at(endedAt + ttlMs - 1);
    const last = await desk.get(id);
    const told = `What GET says of job "${name}", 1 ms before its ttlMs were over`;
    expect(last.job?.status, told).toBe(status);
  }
  const left = new Map<string, string>(ends.map(([name, id]) => [name, id]));
  left.set('done', done);
  /** Looks whether they are forgotten. For one that is still known, some request comes again. */
  const look = async () => {
    for (const [name, id] of left) {
      const { status } = await desk.get(id);
      if (status !== 404) {
        await (name === 'done' ? desk.delete(id) : desk.post(name, name));
        continue;
      }
      left.delete(name);
      const deleted = await desk.delete(id);
      expect(deleted.status, 'The status when a forgotten job is cancelled').toBe(404);
      await renew(name);
    }
  };
  await at(800 + ttlMs + 1);
  await look();
  // Some look only now and then for what is old, and a job that was cancelled at work may live from the end of its work on.
  while (left.size > 0 && clock.now < 900 + forgottenMs) {
    await sleep(400);
    await look();
  }
  for (const [name, id] of left) {
    const { status } = await desk.get(id);
    const told = `The status of GET for job "${name}", whose ttlMs of ${ttlMs} were over ${forgottenMs - ttlMs} ms ago (some requests for it came meanwhile)`;
    expect(status, told).toBe(404);
  }
  await at(Math.max(clock.now, 900 + ttlMs) + 2);
  for (const [id, name] of known) {
    const [asked, repeated] = [await desk.get(id), await desk.post(name, name)];
    const told = `A new job was made with the key of one that was cancelled at work. ttlMs after the old work had ended`;
    expect(asked.status, `${told}, the status of GET for job "${name}"`).toBe(200);
    expect(repeated.id, `${told}, the id for the key of job "${name}"`).toBe(id);
  }
  await at(ttlMs * 4);
  const { status } = await desk.get(long);
  expect(status, 'The status for a job that works for four times ttlMs').toBe(200);
  const again = await desk.post('long', 'long');
  expect(again.id, 'The id for the key of a job that works for four times ttlMs').toBe(long);
  const unknown = await desk.get('__proto__');
  expect(unknown.status, 'The status for /jobs/__proto__').toBe(404);

  // Who looks from time to time for what is old should not do so for long.
  await desk.finishAll();
  await inTime(desk.close());
  for (const ttlMs of [100, random().int(61_000, 65_000)]) {
    await using other = await desk.openBeside({ running: 1, maxQueued: 1, ttlMs });
    const { id } = await other.post('done');
    await aWhile();
    const end = clock.now;
    other.call('done').door.open(mark);
    await at(end + ttlMs - 1);
    const kept = await other.get(id);
    await at(end + latest(ttlMs));
    const gone = await other.get(id);
    const which = `With a ttlMs of ${ttlMs}, the status of GET for a done job`;
    expect(kept.status, `${which}, 1 ms before that was over`).toBe(200);
    expect(gone.status, `${which}, ${latest(ttlMs)} ms after its end`).toBe(404);
  }
});

test('nothing of a forgotten job stays in memory', async () => {
  const [jobs, resultMb, lookMs] = [20, 1, 60_000];
  const bytes = Buffer.alloc(resultMb * 1024 * 1024, random().nonce());
  await using opened = new AsyncDisposableStack();

  const { value } = await inVirtualTime(async () => {
    const desk = await open({ running: 2, maxQueued: jobs }, async () => bytes.toString('latin1'));
    // By then real time rules, in which nobody looks for timers that are left.
    opened.defer(() => desk.end());
    await runSeveral(desk, 'warm-up', 1);
    const beforeMb = memoryMb();
    await runSeveral(desk, 'job', jobs);
    await sleep(ttlMs + lookMs);
    desk.letGo();
    const asked = await desk.get('some-job');
    return { beforeMb, status: asked.status };
  }, manyTimers);
  const mostMb = (jobs * resultMb) / 2;
  let keptMb = memoryMb() - value.beforeMb;
  // What a later collection or a later turn of the loop lets go of was not kept.
  for (let looks = 0; looks < 7 && keptMb > mostMb; looks += 1) {
    await turns(20);
    keptMb = memoryMb() - value.beforeMb;
  }

  expect(value.status, 'The status for a job that never was').toBe(404);
  if (keptMb > mostMb) {
    expect.fail(
      `${jobs} jobs with results of ${resultMb} MB each were forgotten a minute ago, and ${Math.round(keptMb)} MB of memory are still taken.`,
    );
  }
});

timed('a queued job that is cancelled never begins, and leaves the queue', async () => {
  await using desk = await open({ running: 1, maxQueued: 4 });

  await desk.post('first');
  await aWhile();
  const { id } = await desk.post('cancelled', 'cancelled');
  await desk.post('second');
  await desk.post('third', 'third');
  await desk.post('fourth');
  await aWhile();
  const answer = await desk.delete(id);
  const cancelled = await desk.toldBy(answer);
  const next = await desk.post('next');
  const again = await desk.post('cancelled', 'cancelled');
  // Who sends a request again keeps its turn.
  await desk.post('third', 'third');
  await aWhile();
  const atOnce = desk.mostAtWork;
  await desk.finishAll();

  expect(answer.status, 'The status of DELETE for a queued job').toBeOneOf([200, 202, 204]);
  expect(cancelled, 'The job after its DELETE').toEqual({ id, status: 'cancelled' });
  expect(
    next.status,
    'The status of a job that comes when a job of a full queue was cancelled',
  ).toBe(202);
  const most = 'One place is taken, a queued job is cancelled. The most jobs at work at once';
  expect(atOnce, most).toBe(1);
  const order = 'The jobs whose work was called, in the order in which they came';
  expect(desk.begun, order).toEqual(['first', 'second', 'third', 'fourth', 'next']);
  const told = 'The job for the key of a job that was cancelled in the queue';
  expect(await desk.toldBy(again), told).toEqual({ id, status: 'cancelled' });
  const { job } = await desk.get(id);
  expect(job, 'The job in the end').toEqual({ id, status: 'cancelled' });
});

timed('a running job that is cancelled is told by its signal', async () => {
  await using desk = await open({ running: 3, maxQueued: 1 });
  const names = ['resolves late', 'rejects late', 'goes on'];
  const posted = [];
  for (const name of names) posted.push(await desk.post(name));
  await aWhile();

  for (const [index, name] of names.slice(0, 2).entries()) {
    const { id } = posted[index]!;
    const answer = await desk.delete(id);
    const job = await desk.toldBy(answer);
    expect(answer.status, 'The status of DELETE for a running job').toBeOneOf([200, 202, 204]);
    // Cancelled at once, or when its work has settled: both are right.
    const atOnce = { id, status: 'cancelled' };
    const later = { id, status: 'running' };
    expect(job, 'The job after its DELETE').toBeOneOf([atOnce, later]);
    const { signal, abortedAfterAnswer } = desk.call(name);
    if (!signal.aborted || abortedAfterAnswer) {
      const when = signal.aborted ? 'was aborted only after that' : 'is not aborted';
      expect.fail(`DELETE of a running job was answered, and its signal ${when}.`);
    }
  }
  desk.call('resolves late').door.open(mark);
  desk.call('rejects late').door.fail(new Error(mark));
  await aWhile();

  for (const [index, name] of names.slice(0, 2).entries()) {
    const { id } = posted[index]!;
    const { job } = await desk.get(id);
    expect(job, `A cancelled job whose work ${name}`).toEqual({ id, status: 'cancelled' });
  }
  expect(desk.call('goes on').signal.aborted, 'The signal of another job is aborted').toBe(false);

  // Two places are free. Whether the work has begun when DELETE comes is up to the answer, but it cannot begin later.
  const soon = await desk.post('cancelled soon');
  await desk.delete(soon.id);
  const begun = desk.begun.includes('cancelled soon');
  await aWhile();
  if (!begun && desk.begun.includes('cancelled soon')) {
    expect.fail('A job was cancelled before it began, and its work was called after that.');
  }
  if (begun) desk.call('cancelled soon').door.open(mark);
  await aWhile();
  const { job } = await desk.get(soon.id);
  const told = 'A job that was cancelled right after its POST';
  expect(job, told).toEqual({ id: soon.id, status: 'cancelled' });
});

timed('a cancelled job keeps its place until its work has settled', async () => {
  for (const end of ['resolves', 'rejects', 'resolves long after the job is forgotten']) {
    await using desk = await open({ running: 1, maxQueued: 2 });

    const { id } = await desk.post('cancelled');
    const next = await desk.post('next', 'next');
    await aWhile();
    await desk.delete(id);
    await aWhile();
    if (end.includes('forgotten')) {
      await sleep(forgottenMs);
      const told = 'of a job that has waited in the queue for more than ttlMs';
      const [asked, repeated] = [await desk.get(next.id), await desk.post('next', 'next')];
      expect(asked.job?.status, `The status ${told}`).toBe('queued');
      expect(repeated.id, `The id for the key ${told}`).toBe(next.id);
    }
    const third = await desk.post('third');
    const tooMany = await desk.post('too many');
    await aWhile();
    const meanwhile = [...desk.begun];
    if (end === 'rejects') desk.call('cancelled').door.fail(new Error(mark));
    else desk.call('cancelled').door.open(null);
    await aWhile();
    const afterwards = [...desk.begun];
    const last = await desk.post('last');

    const told = `One place; the work of a cancelled job ${end}. The jobs that have begun`;
    expect(meanwhile, `${told} before that`).toEqual(['cancelled']);
    const asked = [third, tooMany].map(({ status }) => status);
    const statuses = `One place is taken by a cancelled job, one of two jobs may wait. The statuses of two more`;
    expect(asked, statuses).toEqual([202, 503]);
    expect(afterwards, `${told} after that`).toEqual(['cancelled', 'next']);
    const room = `The status of a job that comes when the work of a cancelled job had settled (it ${end})`;
    expect(last.status, room).toBe(202);
  }
});

timed('DELETE of a finished job changes nothing', async () => {
  await using desk = await open({ running: 1, maxQueued: 3 });
  const ids: string[] = [];
  const statuses = ['done', 'failed', 'cancelled'];
  for (const name of statuses) ids.push((await desk.post(name)).id);
  await aWhile();
  await desk.delete(ids[2]!);
  desk.call('done').door.open(mark);
  await aWhile();
  desk.call('failed').door.fail(new Error(mark));
  await aWhile();

  for (const [index, status] of statuses.entries()) {
    const id = ids[index]!;
    const before = await desk.get(id);
    const deleted = await desk.delete(id);
    const after = await desk.get(id);
    expect(before.job?.status, `The status of the ${status} job`).toBe(status);
    const statuses = [200, 202, 204, 409];
    expect(deleted.status, `The status of DELETE for a ${status} job`).toBeOneOf(statuses);
    if (deleted.job) {
      expect(deleted.job, `What DELETE tells of a ${status} job`).toEqual(before.job);
    }
    // Whoever removes it has done what the client asked for.
    if (after.status === 404) continue;
    expect(after.job, `A ${status} job after its DELETE`).toEqual(before.job);
  }
});

test('closing the app waits for no more than its jobs, and leaves no timer', async () => {
  const run = await inVirtualTime(async () => {
    await using desk = await open({ running: 3, maxQueued: 5 });
    await using beside = await desk.openBeside({ running: 2, maxQueued: 1 });
    const { id } = await beside.post('done');
    await beside.post('beside');
    await desk.post('done');
    await aWhile();
    desk.call('done').door.open(mark);
    beside.call('done').door.open(mark);
    const { id: cancelled } = await desk.post('cancelled');
    for (const name of ['stops', 'goes on', 'queued']) await desk.post(name);
    await aWhile();
    await desk.delete(cancelled);

    let closed = false;
    await desk.post('last');
    const closing = desk.close().then(() => (closed = true));
    await aWhile();
    desk.call('stops').door.fail(new Error('It was told to stop.'));
    // Whether jobs that wait begin is up to the answer, but not without a place.
    await desk.finishAll();
    await inTime(closing);
    if (!closed) expect.fail('All work has ended, and the app has not closed.');
    const most = 'An app with three places was closed. The most jobs at work at once';
    expect(desk.mostAtWork, most).toBe(3);

    if (beside.call('beside').signal.aborted) {
      expect.fail('An app was closed, and the signal of a job in another app is aborted.');
    }
    await sleep(forgottenMs);
    const { status } = await beside.get(id);
    const later = 'An app was closed. The status for a job of another app, whose ttlMs are over';
    expect(status, later).toBe(404);

    for (const jobs of [0, 1]) {
      await using idle = await desk.openBeside({ running: 1, maxQueued: 1 });
      if (jobs > 0) await idle.post('done');
      await aWhile();
      await idle.finishAll();
      const isClosed = await inTime(idle.close().then(() => true));
      if (!isClosed) expect.fail(`An app with ${jobs} jobs, none at work, does not close.`);
    }

    // A job for which a place is free. Whether its work has begun when the app is closed is up to the answer.
    await using hurried = await desk.openBeside({ running: 1, maxQueued: 1 });
    await hurried.post('in time');
    let over = false;
    const ending = hurried.close().then(() => (over = true));
    await aWhile();
    await hurried.finishAll();
    await inTime(ending);
    const soon = 'An app was closed right after a job had come. The work of this job';
    if (!over) expect.fail(`${soon} is over or never began, and the app does not close.`);

    // A timer that forgets a job has done its work by then; one that looks again and again has not.
    for (const app of [beside, hurried]) await app.end();
    await sleep(forgottenMs);
  }, manyTimers);

  expect(run).toLeaveNoTimers();
});

type BuildApp = Awaited<ReturnType<typeof load>>['buildApp'];

/** A call of `work`. By default its promise is that of `door`. */
interface Call {
  readonly name: string;
  readonly input: unknown;
  readonly signal: AbortSignal;
  readonly startedAt: number;
  /** Whether the POST of this job had been answered when the work was called. */
  readonly answered: boolean;
  /** Whether the signal was aborted when the last DELETE had been answered. */
  readonly abortedAfterAnswer: boolean;
  readonly door: Gate<unknown>;
}

interface Answer {
  readonly status: number;
  /** The path to which the header Location leads. */
  readonly location: string | null;
  readonly retryAfter: unknown;
  /** Of the job that was made or asked for. */
  readonly id: string;
  /** What the contract knows of a job, or null for an answer without one. */
  readonly job: Record<string, unknown> | null;
}

interface Limits {
  readonly running: number;
  readonly maxQueued: number;
  /** That of the tests, if nothing else is given. */
  readonly ttlMs?: number;
}

type Response = Readonly<Record<'writableEnded', boolean>>;

type Work = (call: Call) => unknown;

/** An app of the learner, its clients, and the work that it calls. */
class Desk {
  readonly calls: Call[] = [];
  mostAtWork = 0;
  #atWork = 0;
  #work: Work;
  #buildApp: BuildApp | null = null;
  #app: ReturnType<BuildApp> | null = null;
  #responses = new Map<string, Response>();
  #cancelling: Response | null = null;

  constructor(work: Work) {
    this.#work = work;
  }

  async start(buildApp: BuildApp, limits: Limits): Promise<this> {
    this.#buildApp = buildApp;
    const app = buildApp({ ttlMs, ...limits, work: (...given) => this.#called(...given) });
    this.#app = app;
    app.addHook('preHandler', (request, reply, done) => {
      if (request.method === 'POST') this.#responses.set(nameOf(request.body), reply.raw);
      if (request.method === 'DELETE') this.#cancelling = reply.raw;
      done();
    });
    await app.ready();
    return this;
  }

  /** Another app of the same module. */
  openBeside(limits: Limits): Promise<Desk> {
    return new Desk(this.#work).start(this.#buildApp!, limits);
  }

  /** The names of the jobs whose work was called, in this order. */
  get begun(): string[] {
    return this.calls.map(({ name }) => name);
  }

  /** The call for the job of this name; the first one, if there are several. */
  call(name: string): Call {
    const call = this.calls.find((candidate) => candidate.name === name);
    return call ?? expect.fail(`A place is free, but the work of job "${name}" was not called.`);
  }

  post(name: string, key?: string): Promise<Answer> {
    if (key !== undefined) return this.postWithKey(name, `${mark}-${key}`);
    return this.#ask('POST', '/jobs', { payload: inputOf(name) });
  }

  postWithKey(name: string, key: string): Promise<Answer> {
    const headers = { 'idempotency-key': key };
    return this.#ask('POST', '/jobs', { headers, payload: inputOf(name) });
  }

  get(id: string): Promise<Answer> {
    return this.#ask('GET', `/jobs/${id}`);
  }

  delete(id: string): Promise<Answer> {
    return this.#ask('DELETE', `/jobs/${id}`);
  }

  /** The job of an answer. What its body leaves out, GET tells. */
  async toldBy({ id, job }: Answer): Promise<Answer['job']> {
    return job ?? (await this.get(id)).job;
  }

  /** A signal and a response know who listens. What the tests hold is not what the answer keeps. */
  letGo(): void {
    this.calls.length = 0;
    this.#responses.clear();
    this.#cancelling = null;
  }

  /** Lets all work end, also that of the jobs that begin then. */
  async finishAll(): Promise<void> {
    for (let opened = 0; opened < this.calls.length;) {
      for (; opened < this.calls.length; opened += 1) this.calls[opened]!.door.open(null);
      await aWhile();
    }
  }

  async close(): Promise<void> {
    await this.#app?.close();
  }

  /** Closes the app, and lets all work end, also that of the jobs that begin only then. */
  async end(): Promise<void> {
    const closing = this.close();
    closing.catch(() => {});
    await this.finishAll();
    await inTime(closing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    // A timer that was about to fire is none that was left.
    await aWhile();
  }

  // No async function: what the work throws has to be thrown here, before there is a promise.
  #called(input: unknown, signal: AbortSignal): Promise<unknown> {
    const name = nameOf(input);
    const answered = this.#responses.get(name)?.writableEnded ?? false;
    const call = {
      name,
      input,
      signal,
      startedAt: VirtualClock.active!.now,
      answered,
      abortedAfterAnswer: false,
      door: gate<unknown>(),
    };
    signal.addEventListener('abort', () => {
      call.abortedAfterAnswer = this.#cancelling?.writableEnded ?? false;
    });
    this.calls.push(call);
    this.#atWork += 1;
    this.mostAtWork = Math.max(this.mostAtWork, this.#atWork);
    const leave = (): void => {
      this.#atWork -= 1;
    };
    try {
      return Promise.resolve(this.#work(call)).finally(leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  async #ask(method: 'GET' | 'POST' | 'DELETE', url: string, rest: object = {}): Promise<Answer> {
    const answer = await inTime(this.#app!.inject({ method, url, ...rest }));
    if (!answer) {
      expect.fail(`${method} /jobs… is not answered, while the work of a job goes on.`);
    }
    const body = read(answer.body);
    const location = leadsTo(answer.headers['location']);
    const path = method === 'POST' ? location : url;
    const id = path?.match(/^\/jobs\/([\w-]+)$/)?.[1] ?? String(body['id']);
    return {
      status: answer.statusCode,
      location,
      retryAfter: answer.headers['retry-after'],
      id,
      job: 'status' in body && answer.statusCode < 300 ? jobOf(body, id) : null,
    };
  }
}

/** An app that is ready; its work waits at the door of each call, if nothing else is given. */
async function open(limits: Limits, work: Work = ({ door }) => door.wait()): Promise<Desk> {
  const { buildApp } = await load();
  return await new Desk(work).start(buildApp, limits);
}

/** A test in virtual time. */
function timed(name: string, body: (clock: VirtualClock) => Promise<void>): void {
  test(name, () => inVirtualTime(body, manyTimers));
}

/** When at the latest a job is forgotten, counted from its end. */
function latest(ttlMs: number): number {
  return 2 * ttlMs + 2000;
}

/** Virtual time in which everything happens that waits for nobody. */
function aWhile(): Promise<void> {
  return sleep(2 * soonMs);
}

/** What `promise` resolves with, or null if it does not do so by itself. */
async function inTime<T>(promise: Promise<T>): Promise<T | null> {
  const controller = new AbortController();
  const late = sleep(2 * soonMs, null, { signal: controller.signal }).catch(() => null);
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    controller.abort();
  }
}

/** Each job has a key: what a key leads to must not stay either. */
async function runSeveral(desk: Desk, kind: string, count: number): Promise<void> {
  for (let job = 0; job < count; job += 1) {
    await desk.post(String(job), `${kind}-${job}`);
  }
  await sleep(2000);
}

/** When each job should have started, since so many had started before it and a place was free. */
function startsWithoutIdling(
  starts: readonly number[],
  lengths: readonly number[],
  places: number,
): number[] {
  const freeAt = Array.from({ length: places }, () => 0);
  return lengths.map((ms, index) => {
    const due = Math.min(...freeAt);
    freeAt[freeAt.indexOf(due)] = (starts[index] ?? due) + ms;
    return due;
  });
}

/** A job may begin a little late, as with `setTimeout(…, 0)`, or where somebody looks every 10 ms. */
function punctual(starts: readonly number[], due: readonly number[]): number[] {
  return starts.map((start, index) => {
    const lateMs = start - due[index]!;
    return lateMs >= 0 && lateMs <= soonMs ? due[index]! : start;
  });
}

function inputOf(name: string) {
  return { film: { name, mark }, widths: [320, 640] };
}

function nameOf(input: unknown): string {
  const { film } = input as Partial<ReturnType<typeof inputOf>>;
  return film?.name ?? 'without its input';
}

/** The job of this id. More properties are allowed, and not looked at; null stands for what there is not. */
function jobOf(body: Record<string, unknown>, id: string): Record<string, unknown> {
  const known = ['status', 'result', 'error'].filter((key) => {
    return key in body && (body[key] !== null || (key === 'result' && body['status'] === 'done'));
  });
  const told = typeof body['id'] === 'number' ? String(body['id']) : (body['id'] ?? id);
  return { id: told, ...Object.fromEntries(known.map((key) => [key, body[key]])) };
}

/** The path of an address, which may be a relative one. */
function leadsTo(location: unknown): string | null {
  const base = 'http://localhost/jobs';
  if (typeof location !== 'string' || !URL.canParse(location, base)) return null;
  return new URL(location, base).pathname;
}

/** A body that is no JSON object stands for an empty one. */
function read(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** What is still in use after everything else was thrown away: never less than that, but sometimes more, up to the next collection. */
function memoryMb(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 / 1024;
}
