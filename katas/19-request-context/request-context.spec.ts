import diagnostics from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';
import { Client } from 'undici';
import { auditLeaks, expect, inVirtualTime, kata, random, serveApp, test } from '#harness';

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

test('the lines that belong to no request carry a dash', async () => {
  await using server = await openServer({ limit: 2 });

  await server.work(9);

  const idle = server.lines.filter(({ message }) => message === 'a thread is free');
  expect(idle.length, 'Lines "a thread is free", for 9 requests').toBe(9);
  const ready = server.lines.find(({ message }) => message === 'the press is ready');
  expect(ready?.requestId, 'The id of the line "the press is ready"').toBe('-');
  const astray = idle.filter(({ requestId }) => requestId !== '-').length;
  const sentence =
    'Lines "a thread is free" of 9 that carry the id of a request. Your callback was left, but its id stayed. Such lines';
  expect(astray, sentence).toBe(0);
});

test('a line of the parts is logged at once, while the part writes it', async () => {
  await using server = await openServer({ looksAtStacks: true });

  await server.work(10);

  const late = server.lines.filter(
    ({ message, inParts }) => /^(on|weighed|at|a thread)\b/.test(message) && !inParts,
  );
  const sentence =
    'Lines of the parts that came to the log after `note` had returned, or not from the parts';
  expect(
    late.map(({ message }) => message),
    sentence,
  ).toEqual([]);
});

test('answers with the id, in the header and beside the label', async () => {
  await using server = await openServer();

  const replies = [...(await server.work(10)), ...(await server.work(1, () => null))];

  for (const { status, id, header, body } of replies) {
    expect(header, `The header x-request-id of an answer ${status}`).toBe(id ?? body.requestId);
  }
  const [{ status, id, body }] = replies as [Reply];
  expect(status).toBe(200);
  expect(body).toEqual({ requestId: id, label: expect.stringMatching(/^\d+ g, \d+ cents$/) });
  expect(server.lines, 'The log').toContainEqual(
    expect.objectContaining({ message: `printed: ${body.label}` }),
  );
});

test('makes an id where none was sent, never the same twice', async () => {
  await using one = await openServer();
  await using other = await openServer();

  const replies = [
    ...(await one.work(2, () => null)),
    ...(await one.work(1, () => '')),
    ...(await other.work(2, () => null)),
  ];

  for (const { id, body } of replies) {
    if (id === '' && body.requestId === '') {
      expect.fail(
        "A request had an empty x-request-id. Your server took '' as its id; it should make one.",
      );
    }
    const which = "An id that your server made: some text, and it does not begin with '-'";
    expect(body.requestId, which).toMatch(/^[^-]/);
  }
  const made = replies.map(({ body }) => body.requestId);
  const sentence = `Different ids that two servers made for five requests (${made.join(', ')})`;
  expect(new Set(made).size, sentence).toBe(5);
});

test('two requests on one connection have an id each', async () => {
  await using server = await openServer();
  await using served = await serveApp(server.app);
  await using stack = new AsyncDisposableStack();
  const client = stack.adopt(new Client(served.origin), (opened) => opened.destroy());
  const get = async () => {
    const { body } = await client.request({ method: 'GET', path: '/work' });
    return (await body.json()) as Body;
  };

  const { value } = await inVirtualTime(async () => [await get(), await get()]);

  const [first, second] = value.map(({ requestId }) => requestId);
  expect(first, 'The ids of two requests on the same connection').not.toBe(second);
  const received = server.lines.filter(({ message }) => message === 'received');
  expect(received.map(({ requestId }) => requestId)).toEqual([first, second]);
});

test('a request waits for no other one before it has its rate', async () => {
  await using server = await openServer({ limit: 1 });

  await server.work(9);

  const messages = server.lines.map(({ message }) => message);
  const weighed = messages.findIndex((message) => message.startsWith('weighed'));
  const onScale = messages.slice(0, weighed).filter((message) => message === 'on the scale');
  const sentence = 'Parcels of nine that were on the scale before the first of them was weighed';
  expect(onScale.length, sentence).toBe(9);
});

test('as many as the limit are at the press, first come, first served', async () => {
  const limit = chance.int(2, 4);
  await using server = await openServer({ limit });

  await server.work(9);

  const messages = server.lines.map(({ message }) => message);
  const atOnce = messages.flatMap((message) => /\((\d+) at once\)/.exec(message)?.[1] ?? []);
  const most = Math.max(0, ...atOnce.map(Number));
  expect(most, `Most labels at the press at once, at a limit of ${limit}`).toBe(limit);
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
    expect(body).toEqual({ requestId: id, error: `${grams} g is too heavy` });
  }
  expect(replies.filter(({ status }) => status === 200).length, 'Answers 200').toBe(18);
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
}

/**
 * The learner's server and its log. At the end no thread of it is left, also where it leaves them.
 *
 * @param options.looksAtStacks whether to note who wrote each line, which takes longer than to answer the request.
 */
async function openServer({ limit = 1000, looksAtStacks = false } = {}) {
  const { buildApp } = await load();
  const threads = watchThreads();
  const lines: Line[] = [];
  const log = ({ requestId, message }: { requestId: string; message: string }): void => {
    const inParts = looksAtStacks ? isOnStack('/parts.ts') : null;
    lines.push({ requestId, message, inParts });
  };
  const app = buildApp({ limit, log });
  await app.ready();

  const ask = async (id: string | null): Promise<Reply> => {
    const headers = id === null ? {} : { 'x-request-id': id };
    const reply = await app.inject({ url: '/work', headers });
    const body = reply.json<Body>();
    const grams = /^\d+/.exec(body.label ?? body.error ?? '')?.[0] ?? 'unknown';
    return { id, status: reply.statusCode, header: reply.headers['x-request-id'], body, grams };
  };

  return {
    app,
    lines,
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

/** Notes the threads that are started from now on, to end them. */
function watchThreads() {
  const started: Worker[] = [];
  const note = (message: unknown): void => {
    started.push((message as { worker: Worker }).worker);
  };
  diagnostics.subscribe('worker_threads', note);
  return {
    started,
    end: async () => {
      diagnostics.unsubscribe('worker_threads', note);
      await Promise.all(started.map((thread) => thread.terminate()));
    },
  };
}
