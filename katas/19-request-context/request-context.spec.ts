import diagnostics from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { Client } from 'undici';
import {
  auditLeaks,
  expect,
  forgiveWorkers,
  inVirtualTime,
  kata,
  random,
  serveApp,
  test,
  turns,
} from '#harness';

const load = kata(() => import('./request-context.ts'));
const chance = random();

test('a hundred requests at once keep their ids, also through a timer', async () => {
  await using server = await openServer();

  const replies = await server.work(100);

  expectOwnLines(server.lines, replies, ({ grams }) => [
    'received',
    'on the scale',
    `weighed: ${grams} g`,
  ]);
});

test('the line of the emitter carries the id of its own request', async () => {
  await using server = await openServer();

  const replies = await server.work(10);

  expectOwnLines(server.lines, replies, () => ['rate']);
});

test('the lines of the press carry the id of the request that waited', async () => {
  await using server = await openServer({ limit: 2 });

  const replies = await server.work(9);

  expectOwnLines(server.lines, replies, ({ grams }) => [`at the press: ${grams} g`]);
});

test('the line of a finished label carries the id of its own request', async () => {
  await using server = await openServer();

  // The last of ten is refused.
  const replies = await server.work(10);

  expectOwnLines(server.lines, replies, ({ body }) => [
    body.label === undefined ? `refused: ${body.error}` : `printed: ${body.label}`,
  ]);
});

test('the lines of a request come in the order of its steps, each at once', async () => {
  await using server = await openServer({ limit: 2 });

  const replies = await server.work(9);

  const { lines } = server;
  const rates = lines.filter(({ message }) => message.startsWith('rate'));
  for (const { message } of rates) {
    expect(message, 'A line with the rate').toMatch(/^rate: \d+$/);
  }
  for (const reply of replies) expectOrder(lines, reply);
  const late = rates.filter((line) => {
    const first = rates.findIndex(({ at }) => at === line.at);
    const meanwhile = lines.slice(lines.indexOf(rates[first]!), lines.indexOf(line));
    return meanwhile.some(({ message }) => message === 'a thread is free');
  });
  const waited =
    'Lines "rate: …" that waited for the press. One event brought the rate to all who asked, and each of them logs it then. Such lines';
  expect(late.length, waited).toBe(0);
  const weighed = lines.filter(({ message }) => message.startsWith('weighed'));
  const old = rates.filter(({ at }, index) => at === weighed[index]?.at);
  const sentence =
    'Rates that were logged in the very millisecond in which a parcel was weighed. The event comes later: they are of an event before. Such lines';
  expect(old.length, sentence).toBe(0);
  const unlogged = replies.filter(({ body, logged }) => {
    return lines.findIndex(({ message }) => message === `printed: ${body.label}`) >= logged;
  });
  expect(unlogged.length, 'Answers that came before their line "printed: …" was logged').toBe(0);
});

test('the lines that belong to no request carry no id of one', async () => {
  await using server = await openServer({ limit: 2 });
  const before = server.lines.map(({ message }) => message);
  const sentenceOfBefore = 'The log of a server that was asked nothing yet';
  expect(before, sentenceOfBefore).toEqual(['the press is ready']);
  const dash = server.lines[0]?.requestId;

  // The last of ten is refused.
  const replies = await server.work(10);

  const idle = server.lines.filter(({ message }) => message === 'a thread is free');
  expect(idle.length, 'Lines "a thread is free", for 10 requests').toBe(10);
  const ids = new Set(replies.map(({ id }) => id));
  const withId = idle.filter(({ requestId }) => ids.has(requestId)).length;
  const sentence =
    'Lines "a thread is free" of 10 that carry the id of a request. Your callback was left, but its id stayed. Such lines';
  expect(withId, sentence).toBe(0);
  const astray = idle.map(({ requestId }) => requestId).filter((id) => id !== dash);
  const sentenceOfDash = `The line "the press is ready" carries '${dash}'. Other texts that lines "a thread is free" carry`;
  expect([...new Set(astray)], sentenceOfDash).toEqual([]);
});

test('a line of the parts is logged at once, while the part writes it', async () => {
  await using server = await openServer({ looksAtStacks: true });

  await server.work(10);

  const late = server.lines.filter(
    ({ message, inParts }) => /^(on|weighed|at|a thread|the press)\b/.test(message) && !inParts,
  );
  const ready = server.lines.some(({ message }) => message === 'the press is ready');
  expect(ready, 'Whether the log has the line "the press is ready"').toBe(true);
  const sentence =
    'Lines of the parts that came to the log after `note` had returned, or not from the parts';
  expect(
    late.map(({ message }) => message),
    sentence,
  ).toEqual([]);
});

test('answers with the id, in the header and beside the label', async () => {
  await using server = await openServer();

  // Who asks again may send the same id. These two get the same rate, and are at the press together.
  const plain = ['twice', 'twice', '7F3A', '7f-3a', '0c9ad1ce-5c2b-4f26-9c53-5e8f1d0a7b11'];
  // A server may replace these by ids of its own.
  const strange = ['order 7/3; "a", b=c', 'long'.repeat(50), ''];
  const own = new Set<string | null>([...strange, null]);
  const replies = [
    ...(await server.work(10)),
    ...(await server.work(plain.length, () => plain.shift()!)),
    ...(await server.work(strange.length, () => strange.shift()!)),
    ...(await server.work(1, () => null)),
  ];

  for (const { status, id, header, body, grams } of replies) {
    const sent = id === null ? 'no id' : `the id '${id}'`;
    const expected = own.has(id) ? body.requestId : id;
    expect(typeof expected, `The type of the id in the body, where ${sent} was sent`).toBe(
      'string',
    );
    expect(header, `The header x-request-id of an answer ${status}, where ${sent} was sent`).toBe(
      expected,
    );
    expect(body.requestId, `The id in the body, where ${sent} was sent`).toBe(expected);
    if (Number(grams) > 30_000) continue;
    expect(status, 'The status of an answer with a label').toBe(200);
    expect(body, 'The body of an answer with a label').toMatchObject({
      requestId: expected,
      label: expect.stringMatching(/^\d+ g, \d+ cents$/),
    });
    expect(server.lines, 'The log').toContainEqual(
      expect.objectContaining({ message: `printed: ${body.label}` }),
    );
  }
});

test('makes an id where none was sent, never the same twice', async () => {
  await using one = await openServer();
  await using other = await openServer();

  // All at the same time: one clock gives all of them the same.
  const { value: replies } = await inVirtualTime(() =>
    Promise.all([
      Promise.all([one.ask(null), one.ask(null), one.ask(null), one.ask('')]),
      Promise.all([other.ask(null), other.ask(null)]),
    ]),
  );

  for (const ofServer of replies) {
    // An empty id may be taken as it is.
    const made = ofServer
      .filter(({ id, body }) => id === null || body.requestId !== '')
      .map(({ body }) => body.requestId);
    for (const id of made) {
      expect(id, "An id that your server made: some text, but not '-'").toMatch(/^(?!-$)./);
    }
    const sentence = `Different ids that a server made for ${made.length} requests (${made.join(', ')})`;
    expect(new Set(made).size, sentence).toBe(made.length);
  }
});

test('two requests on one connection have an id each', async () => {
  await using server = await openServer();
  await using served = await serveApp(server.app);
  await using stack = new AsyncDisposableStack();
  const client = stack.adopt(new Client(served.origin), (opened) => opened.destroy());
  const get = async (headers = {}) => {
    const { body } = await client.request({ method: 'GET', path: '/work', headers });
    return (await body.json()) as Body;
  };

  const { value } = await inVirtualTime(async () => [
    await get({ 'x-request-id': 'sent' }),
    await get(),
    await get(),
  ]);

  const ids = value.map(({ requestId }) => requestId);
  const sentence = `Different ids of three requests on one connection, of which the first sent the id 'sent' (${ids.join(', ')})`;
  expect(new Set(ids).size, sentence).toBe(3);
  const received = server.lines.filter(({ message }) => message === 'received');
  expect(
    received.map(({ requestId }) => requestId),
    'The ids of the lines "received"',
  ).toEqual(ids);
});

test('a request waits for no other one before it has its rate', async () => {
  await using server = await openServer({ limit: 1 });

  await server.work(9);

  const messages = server.lines.map(({ message }) => message);
  const weighed = messages.findIndex((message) => message.startsWith('weighed'));
  const onScale = messages.slice(0, weighed).filter((message) => message === 'on the scale');
  const sentence = 'Parcels of nine that were on the scale before the first of them was weighed';
  expect(onScale.length, sentence).toBe(9);
  const timesOf = (kind: string) =>
    server.lines.filter(({ message }) => message.startsWith(kind)).map(({ at }) => at);
  const weighedAt = timesOf('weighed');
  const waits = timesOf('rate').map((at, index) => at - weighedAt[index]!);
  // The event comes 20 ms after the first one has asked.
  const held = waits.filter((wait) => wait > 30).length;
  const waited =
    'Requests of nine that had their rate more than 30 ms after they were weighed. The rate takes 20 ms, and needs no place at the press. Such requests';
  expect(held, waited).toBe(0);
});

test('as many as the limit are at the press, first come, first served', async () => {
  const limit = chance.int(3, 5);
  await using server = await openServer({ limit, answersApart: true });

  await server.work(9);

  const messages = server.lines.map(({ message }) => message);
  const most = Math.max(0, ...placesOf(server.lines));
  expect(most, `Most labels at the press at once, at a limit of ${limit}`).toBeLessThanOrEqual(
    limit,
  );
  const idle = server.beforeAnswers.filter(
    ({ atPress, waiting }) => waiting > 0 && atPress < limit,
  );
  const places = `Moments at which labels waited, and fewer than the limit of ${limit} were at the press`;
  expect(idle, places).toEqual([]);
  const parcels = (line: RegExp) => messages.flatMap((message) => line.exec(message)?.[1] ?? []);
  const sentence = 'Grams of the parcels in the order in which they came to the press';
  expect(parcels(/^at the press: (\d+) g/), sentence).toEqual(parcels(/^weighed: (\d+) g/));
});

test('a refused parcel gets 422, and the next one its place', async () => {
  await using server = await openServer({ limit: 1 });

  const replies = await server.work(20);

  const refused = replies.filter(({ status }) => status === 422);
  expect(refused.length, 'Answers 422, for two heavy parcels among twenty').toBe(2);
  for (const { id, body, grams } of refused) {
    expect(body).toMatchObject({ requestId: id, error: `${grams} g is too heavy` });
  }
  expect(replies.filter(({ status }) => status === 200).length, 'Answers 200').toBe(18);
  const most = Math.max(...placesOf(server.lines));
  expect(most, 'Most labels at the press at once, at a limit of 1').toBe(1);
});

test('ends the threads of the press when the server is closed', async () => {
  using audit = auditLeaks();
  await using server = await openServer();
  await server.work(2);

  await server.app.close();

  expect(server.threads, 'Threads that your server started, for a press with two').toBe(2);
  expect(await audit.check(), 'What was left when app.close() had resolved').toEqual([]);
});

interface Line {
  readonly requestId: string;
  readonly message: string;
  /** When it was logged, in milliseconds. */
  readonly at: number;
  /** Whether a part was just calling `note`; null where nobody looked. */
  readonly inParts: boolean | null;
}

interface Body {
  readonly requestId?: string;
  readonly label?: string;
  readonly error?: string;
}

interface Reply {
  /** The id that was sent, if any. */
  readonly id: string | null;
  readonly status: number;
  readonly header: unknown;
  readonly body: Body;
  /** The weight of its parcel, which no other one has. */
  readonly grams: string;
  /** How many lines the log had when the answer came. */
  readonly logged: number;
}

/**
 * The learner's server and its log. At the end no thread of it is left, also where it leaves them.
 *
 * @param options.looksAtStacks whether to note who wrote each line, which takes longer than to answer the request.
 * @param options.answersApart whether the press calls back only when what its last call has caused is done.
 */
async function openServer({ limit = 1000, looksAtStacks = false, answersApart = false } = {}) {
  const { buildApp } = await load();
  const lines: Line[] = [];
  const beforeAnswers: { atPress: number; waiting: number }[] = [];
  const count = (kind: string) => lines.filter(({ message }) => message.startsWith(kind)).length;
  const labels = () => {
    const came = count('at the press');
    return { atPress: came - count('a thread is free'), waiting: count('rate') - came };
  };
  const noteLabels = async (): Promise<void> => {
    const { atPress, waiting } = labels();
    // Who looks each millisecond whether there is a place has it then.
    if (waiting > 0 && atPress < limit) await threads.withoutAnswers(() => sleep(5));
    beforeAnswers.push(labels());
  };
  const threads = watchThreads(answersApart ? noteLabels : null);
  const log = ({ requestId, message }: { requestId: string; message: string }): void => {
    const inParts = looksAtStacks ? isOnStack('/parts.ts') : null;
    lines.push({ requestId, message, at: Date.now(), inParts });
  };
  const app = buildApp({ limit, log });
  await app.ready();

  const ask = async (id: string | null): Promise<Reply> => {
    const headers = id === null ? {} : { 'x-request-id': id };
    const reply = await app.inject({ url: '/work', headers });
    const logged = lines.length;
    const body = reply.json<Body>();
    const grams = /^\d+/.exec(body.label ?? body.error ?? '')?.[0] ?? 'unknown';
    const header = reply.headers['x-request-id'];
    return { id, status: reply.statusCode, header, body, grams, logged };
  };

  return {
    app,
    lines,
    ask,
    /** How many labels were at the press, and had a rate and waited, before each answer of it; only with `answersApart`. */
    beforeAnswers,
    /** How many threads were started, by now. */
    get threads() {
      return threads.started.length;
    },
    /** Sends so many requests at once, and gives the answers in their order. */
    work: async (count: number, makeId: () => string | null = () => chance.nonce()) => {
      const ids = Array.from({ length: count }, makeId);
      const { value } = await inVirtualTime(() => Promise.all(ids.map((id) => ask(id))));
      return value;
    },
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await threads.end();
    },
  };
}

/**
 * Each request has exactly these lines of their kind with its id, in this order. The kind is what stands before the colon; a kind alone
 * stands for any line of it.
 */
function expectOwnLines(
  lines: readonly Line[],
  replies: readonly Reply[],
  expected: (reply: Reply) => string[],
): void {
  const mistakes = replies.flatMap((reply) => {
    const due = expected(reply);
    const kinds = new Set(due.map(kindOf));
    const found = lines
      .filter(({ requestId, message }) => requestId === reply.id && kinds.has(kindOf(message)))
      .map(({ message }) => (due.includes(kindOf(message)) ? kindOf(message) : plain(message)));
    return found.join('\n') === due.join('\n') ? [] : [{ id: reply.id, found, due }];
  });
  const [first] = mistakes;
  if (first === undefined) return;
  const sentences = [
    `${mistakes.length} of ${replies.length} requests lost lines to others in the log, or have lines of others.`,
    ...carriersOf(first, lines),
    ...othersOf(first),
    `Lines with the id of request ${first.id}`,
  ];
  expect(first.found, sentences.join('\n')).toEqual(first.due);
}

/** The lines that a request has, of those that are its own, come in the order of its steps. Lines that it misses are for other tests. */
function expectOrder(lines: readonly Line[], { id, grams, body }: Reply): void {
  const own = lines
    .filter(({ requestId }) => requestId === id)
    .map(({ message }) => plain(message));
  const rate = own.find((message) => message.startsWith('rate'));
  const steps = [
    'received',
    'on the scale',
    `weighed: ${grams} g`,
    rate ?? 'rate',
    `at the press: ${grams} g`,
    `printed: ${body.label}`,
  ].filter((message) => own.includes(message));
  const found = steps.toSorted((one, next) => own.indexOf(one) - own.indexOf(next));
  expect(found, `Lines of request ${id}, as they came`).toEqual(steps);
  if (rate === undefined) return;
  const cents = Math.ceil(Number(grams) / 1000) * Number(rate.replace('rate: ', ''));
  const sentence = `The label of a request that logged "${rate}", which is in cents a kilo`;
  expect(body.label, sentence).toBe(`${grams} g, ${cents} cents`);
}

/** How many labels were at the press as each of them came there. */
function placesOf(lines: readonly Line[]): number[] {
  return lines.flatMap(({ message }) => {
    const [, count] = /\((\d+) at once\)/.exec(message) ?? [];
    return count === undefined ? [] : [Number(count)];
  });
}

interface Mistake {
  readonly id: string | null;
  readonly found: readonly string[];
  readonly due: readonly string[];
}

/** Says of each line that a request misses which id it carries, where the line tells whose it is. */
function carriersOf({ due, found }: Mistake, lines: readonly Line[]): string[] {
  return due
    .filter((message) => !found.includes(message))
    .flatMap((missed) => {
      const line = lines.find(({ message }) => plain(message) === missed);
      if (line === undefined) return [];
      const carrier = line.requestId === '-' ? 'no id' : `the id of ${line.requestId}`;
      return [`The line "${missed}" carries ${carrier}.`];
    });
}

/** Says how many lines of others carry the id of a request that has all of its own. */
function othersOf({ id, due, found }: Mistake): string[] {
  const more = found.length - due.length;
  if (more <= 0) return [];
  const lines = more === 1 ? '1 line of another request carries' : `${more} lines of others carry`;
  return [
    `${lines} the id of request ${id}: whoever called the code that writes them did so in the context of that request.`,
  ];
}

function kindOf(message: string): string {
  return plain(message).replace(/:.*/, '');
}

/** Without how many are at the press at once, which a test of its own is about. */
function plain(message: string): string {
  return message.replace(/ \(.*/, '');
}

/** Whether a function of this file is being called. */
function isOnStack(file: string): boolean {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 100;
  const { stack = '' } = new Error('Where am I?');
  Error.stackTraceLimit = stackTraceLimit;
  return stack.split('\n').some((frame) => frame.includes(file) && !frame.includes('at async'));
}

/**
 * Notes the threads that are started from now on, to end them.
 *
 * With `beforeAnswer` their answers come some turns apart, and each waits for what it does.
 */
function watchThreads(beforeAnswer: (() => Promise<void>) | null) {
  const started: Worker[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let timeMayPass = false;
  const note = (message: unknown): void => {
    const { worker } = message as { worker: Worker };
    started.push(worker);
    if (beforeAnswer === null) return;
    const emit = worker.emit.bind(worker) as (...event: unknown[]) => boolean;
    worker.emit = (...event: unknown[]): boolean => {
      if (event[0] !== 'message') return emit(...event);
      if (timeMayPass) forgiveWorkers();
      last = last
        .then(() => turns(10))
        .then(beforeAnswer)
        .then(() => emit(...event));
      return true;
    };
  };
  diagnostics.subscribe('worker_threads', note);
  return {
    started,
    /** Waits for what `wait` gives. The clock does not stand still meanwhile for answers that are held here. */
    withoutAnswers: async (wait: () => Promise<unknown>) => {
      timeMayPass = true;
      forgiveWorkers();
      await wait();
      timeMayPass = false;
    },
    end: async () => {
      diagnostics.unsubscribe('worker_threads', note);
      await Promise.all(started.map((thread) => thread.terminate()));
    },
  };
}
