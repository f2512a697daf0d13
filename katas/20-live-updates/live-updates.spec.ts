import { EventEmitter } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import {
  expect,
  inVirtualTime,
  kata,
  openRequest,
  random,
  serveApp,
  test,
  turns,
  until,
} from '#harness';
import type { AnswerHead } from '#harness';
import type { Question } from './live-updates.ts';

const load = kata(() => import('./live-updates.ts'));

/** Looks, one for each turn of the loop or each millisecond, within which what was written has come over the loopback. */
const patience = { limitMs: 1000 };
/** A large update, so that the operating system's own buffers are full after some of them. */
const filler = 'x'.repeat(random().int(150_000, 350_000));
const limit = random().int(8, 14);
const mark = random().nonce();

test('a client that takes nothing is dropped, and nobody waits for it', async () => {
  await using served = await serve({ maxBuffered: limit });
  using slow = await served.slow('/events');
  using stream = await served.stream();
  using socket = await served.socket();

  await hold(served, slow, limit + 4, async (number) => {
    const arrived = await soon(
      () => stream.updates.length >= number && socket.updates.length >= number,
    );
    if (!arrived) expect.fail(stream.gone || socket.gone ? toldAstray(number) : toldLate(number));
  });

  if (!slow.gone) expect.fail(toldKept('/events', limit, slow.waiting));
});

test('a socket that takes nothing is dropped as well', async () => {
  // Another limit than above, so that no constant fits both.
  const maxBuffered = limit + 7;
  for (const messages of ['updates', 'updates and answers']) {
    await using served = await serve({ maxBuffered });
    using slow = await served.slow('/socket');
    const asks = messages !== 'updates';
    let answered = 0;
    if (asks) for (let question = 0; question < 20; question += 1) slow.ask('Where is it?');
    await soon(() => !asks || served.questions.length > 0);

    await hold(served, slow, maxBuffered + 4, async () => {
      if (asks) slow.ask('Where is it?');
      // None, where the next question is asked only when the answer before has been taken.
      const question = served.questions[answered];
      if (question === undefined) return;
      answered += 1;
      slow.sent += 1;
      question.answer(filler);
    });

    if (!slow.gone) expect.fail(toldKept('/socket', maxBuffered, slow.waiting, messages));
  }
});

test('a client that is slow for a while is kept, and misses nothing', async () => {
  for (const path of ['/events', '/socket']) {
    await using served = await serve({ maxBuffered: limit });
    using slow = await served.slow(path);

    await hold(served, slow, limit - 1);
    if (slow.gone) expect.fail(toldDropped(path, slow.waiting));
    slow.read();

    await soon(() => slow.numbers.length >= slow.sent);
    const told = `What a slow client of ${path} got in the end, of updates 1 to ${slow.sent}`;
    expect(slow.numbers, told).toEqual(upTo(slow.sent));
  }
});

test('every client gets every update, on a stream with its number', async () => {
  await using served = await serve();
  using stream = await served.stream();
  using socket = await served.socket();

  await served.publish(stream, socket);
  await served.publish(stream, socket);

  const { 'content-type': type, connection } = stream.head.headers;
  expect(type, 'The content type of /events').toMatch(/^text\/event-stream\b/);
  const told = 'The header "connection" in the answer of /events, which serves no other request';
  expect(connection, told).toMatch(/\bclose\b/i);
  expect(stream.events, 'What a stream got').toEqual(served.events(1, 2));
  expect(socket.updates, 'What a socket got').toEqual(served.published);
});

test('Last-Event-ID brings what was missed, then what is new', async () => {
  const cases = [
    { lastEventId: '2', ids: [3, 4, 5, 6] },
    { lastEventId: '0', ids: [1, 2, 3, 4, 5, 6] },
    // A client from before a new start of the server.
    { lastEventId: '500', ids: [6] },
  ];
  for (const { lastEventId, ids } of cases) {
    await using served = await serve();
    await served.publishMany(5);

    using stream = await served.stream(lastEventId);
    await soon(() => stream.events.length >= ids.length - 1);
    await served.publish(stream);

    const told = `Events 1 to 5 were over, Last-Event-ID was ${lastEventId}, and event 6 came; the stream`;
    expect(stream.ids, told).toEqual(ids);
    const updates = served.published.slice(-ids.length);
    expect(stream.updates, 'What these events were').toEqual(updates);
  }
});

test('the last maxBuffered updates are kept, and no more', async () => {
  await using served = await serve({ maxBuffered: limit });
  await served.publishMany(limit + 3);

  using stream = await served.stream('1');
  await soon(() => stream.events.length >= limit);
  await served.publish(stream);

  const told = `maxBuffered is ${limit}, updates 1 to ${limit + 3} were over, Last-Event-ID was 1; the stream`;
  expect(stream.ids, told).toEqual(upTo(limit + 4).slice(3));
});

test('without a number in Last-Event-ID only new updates come', async () => {
  await using served = await serve();
  await served.publishMany(3);

  for (const lastEventId of [undefined, 'abc', '2up', '1.5']) {
    using stream = await served.stream(lastEventId);
    await served.publish(stream);

    const number = served.published.length;
    const told = `Last-Event-ID was ${lastEventId ?? 'not there'}, update ${number} came; the stream`;
    expect(stream.ids, told).toEqual([number]);
  }
});

test('no update is lost or comes twice while a client connects', async () => {
  await using served = await serve({ maxBuffered: 10_000 });
  await served.publishMany(3);
  using streaming = new DisposableStack();
  const busy = new AbortController();
  // Where the machine is slow to connect, updates must not pile up without end.
  const most = 2000;
  const publishing = served.publishEveryTurn(most, busy.signal);

  const streams: Stream[] = [];
  for (let client = 0; client < 5; client += 1) {
    const stream = streaming.use(await served.stream('1'));
    const enough = Math.min(served.published.length + 5, most);
    streams.push(stream);
    await soon(() => (stream.ids.at(-1) ?? 0) >= enough);
  }
  busy.abort();
  await publishing;
  await soon(() => streams.every(({ ids }) => ids.at(-1) === served.published.length));

  for (const { ids } of streams) {
    const wrong = ids.findIndex((id, index) => id !== ids[0]! + index);
    const told = 'Updates came in every turn while a client connected.';
    if (wrong > 0) expect.fail(`${told} It got event ${ids[wrong]} after ${ids[wrong - 1]}.`);
    expect(ids.at(-1), 'The last event that the client got').toBe(served.published.length);
  }
});

test('questions of a socket are asked in order, one at a time', async () => {
  await using served = await serve();
  using stream = await served.stream();
  using socket = await served.socket();

  for (const text of ['one', 'two', 'three']) socket.ask(text);
  for (let number = 1; number <= 3; number += 1) {
    await soon(() => served.questions.length >= number);
    // So the server has had its turns to read the other questions too.
    for (let update = 0; update < 3; update += 1) await served.publish(stream);
    const told = `A socket asked three questions, and ${number - 1} had been answered; those asked on the bus`;
    expect(served.asked, told).toEqual(['one', 'two', 'three'].slice(0, number));
    served.questions.at(-1)?.answer(`${mark} ${number}`);
  }
  await soon(() => socket.answers.length >= 3);

  const told = 'The answers that the socket got';
  expect(socket.answers, told).toEqual([`${mark} 1`, `${mark} 2`, `${mark} 3`]);
});

test('a question that waits for its answer holds up nobody', async () => {
  await using served = await serve();
  using stream = await served.stream();
  using asking = await served.socket();
  using other = await served.socket();

  asking.ask('never answered');
  await soon(() => served.questions.length >= 1);
  other.ask('answered');
  await soon(() => served.questions.length >= 2);
  const told = 'One socket waits for an answer, another one asks; the questions on the bus';
  expect(served.asked, told).toEqual(['never answered', 'answered']);
  served.questions[1]?.answer(mark);
  await soon(() => other.answers.length >= 1);
  await served.publish(stream, asking, other);

  expect(other.answers, 'What the other socket was answered').toEqual([mark]);
  expect(asking.updates, 'The updates of the socket that waits').toEqual(served.published);
  expect(stream.updates, 'The updates of a stream meanwhile').toEqual(served.published);
});

test('a client that left is forgotten', async () => {
  await using served = await serve();
  const before = served.listeners;
  using stream = await served.stream();
  using leaving = await served.socket();
  using broken = await served.slow('/socket');
  leaving.ask('too late');
  await soon(() => served.questions.length >= 1);

  for (const client of [stream, leaving, broken]) client.leave();
  await soon(() => served.connections === 0 && served.listeners === before);
  served.questions[0]?.answer(mark);
  await served.publishMany(2);

  const told = 'Three clients came and left; listeners on the bus, more than before';
  expect(served.listeners - before, told).toBe(0);
  expect(
    served.writesToTheGone,
    'Three clients had left; how often your code still wrote updates to them',
  ).toBe(0);
});

test('a client that left leaves no timer', async () => {
  await inVirtualTime(async (clock) => {
    await using served = await serve();
    const pending = () =>
      clock.timers.filter(({ owner, outcome }) => owner === 'learner' && outcome === 'pending')
        .length;
    const before = pending();
    using stream = await served.stream();
    using socket = await served.socket();
    await served.publish(stream, socket);

    stream.leave();
    socket.leave();
    await soon(() => served.connections === 0);
    await turns(20);

    expect(
      pending() - before,
      'A stream and a socket came and left; timers that they left behind',
    ).toBe(0);
  });
});

test('closing the app ends streams and sockets', async () => {
  await using served = await serve();
  using stream = await served.stream();
  using socket = await served.socket();
  await served.publish(stream, socket);

  const closed = await served.close();
  await soon(() => stream.ended && socket.closed !== null && served.listeners === 0);

  if (!closed) expect.fail('A stream and a socket are open, and app.close() waits for them.');
  if (!stream.ended)
    expect.fail('The app is closed, but the answer of /events did not end properly.');
  if (!socket.closed?.wasClean)
    expect.fail('The app is closed, but the socket got no close frame.');
  expect(served.listeners, 'Listeners on the bus after the app was closed').toBe(0);
});

test('closing the app waits for nobody who takes nothing', async () => {
  for (const path of ['/events', '/socket']) {
    await using served = await serve({ maxBuffered: limit });
    using slow = await served.slow(path);
    await hold(served, slow, limit - 1);

    const closed = await served.close();

    if (!closed) expect.fail(`A client of ${path} takes nothing, and app.close() waits for it.`);
  }
});

/** Whether `condition` comes to hold within the patience. */
async function soon(condition: () => boolean): Promise<boolean> {
  return until(condition, 'it', patience).then(
    () => true,
    () => false,
  );
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

interface Update {
  number: number;
  mark: string;
  filler?: string;
}

type App = ReturnType<Awaited<ReturnType<typeof load>>['buildApp']>;
type Served = Awaited<ReturnType<typeof serve>>;
type Stream = Awaited<ReturnType<typeof openStream>>;
type Slow = Awaited<ReturnType<typeof openSlow>>;

/** The learner's server on a real socket, with a bus of its own, and clients for it. */
async function serve(options: { maxBuffered?: number } = {}) {
  const { buildApp } = await load();
  const bus = new EventEmitter();
  bus.setMaxListeners(0);
  const app = buildApp({ bus, maxBuffered: options.maxBuffered ?? 50 });
  const sockets: Socket[] = [];
  app.server.on('connection', (socket) => sockets.push(socket));
  const gone = watchWrites(app);
  const questions: Question[] = [];
  const published: Update[] = [];
  const server = await serveApp(app);
  bus.on('question', (question: Question) => questions.push(question));

  return {
    questions,
    published,
    /** The texts of the questions, in the order in which they were asked. */
    get asked() {
      return questions.map(({ text }) => text);
    },
    /** How many listeners the learner has on the bus. */
    get listeners() {
      return bus.eventNames().reduce((sum, name) => sum + bus.listenerCount(name), 0) - 1;
    },
    get connections() {
      return server.connections;
    },
    get writesToTheGone() {
      return gone.writes;
    },
    /** What a stream should have got of the updates `first` to `last`. */
    events: (first: number, last: number) =>
      published.slice(first - 1, last).map((update) => ({ id: String(update.number), update })),
    emit: (rest: { filler?: string } = {}) => {
      const update = { number: published.length + 1, mark, ...rest };
      published.push(update);
      bus.emit('update', update);
      return update.number;
    },
    /** Publishes one update, and waits until these clients have it, if they ever get it. */
    async publish(...clients: { updates: readonly unknown[] }[]) {
      const enough = clients.map(({ updates }) => updates.length + 1);
      this.emit();
      await soon(() => clients.every(({ updates }, index) => updates.length >= enough[index]!));
    },
    async publishMany(count: number) {
      for (let update = 0; update < count; update += 1) {
        this.emit();
        await turns(1);
      }
    },
    async publishEveryTurn(most: number, signal: AbortSignal) {
      while (!signal.aborted && published.length < most) await this.publishMany(1);
    },
    stream: (lastEventId?: string) => openStream(server.url('/events'), lastEventId),
    socket: () => openSocket(server.url('/socket')),
    slow: (path: string) => openSlow(server.url(path), () => sockets.at(-1)),
    /** Whether the app closes in time. */
    close: async () => {
      let closed = false;
      void Promise.resolve(app.close()).then(() => {
        closed = true;
      });
      return soon(() => closed);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Counts the updates that are written for clients that have left. */
function watchWrites(app: App) {
  const count = { writes: 0 };
  app.server.on('request', (_request, response) => {
    const write = response.write.bind(response);
    response.write = (...args: unknown[]) => {
      if (response.destroyed) count.writes += 1;
      return Reflect.apply(write, response, args) as boolean;
    };
  });
  app.addHook('onReady', async () => {
    app.websocketServer?.on('connection', (socket) => {
      const send = socket.send.bind(socket);
      socket.send = (data: unknown, ...rest: unknown[]) => {
        // An answer that comes too late may be sent: it is thrown away there.
        const isUpdate = String(data).includes('"update"');
        if (isUpdate && socket.readyState === socket.CLOSED) count.writes += 1;
        Reflect.apply(send, socket, [data, ...rest]);
      };
    });
  });
  return count;
}

/** A client of /events that would keep its connection, and takes everything: at once, or from when `reading` resolves. */
async function openStream(url: string, lastEventId?: string, reading?: Promise<void>) {
  const headers = {
    connection: 'keep-alive',
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  };
  const client = await openRequest(url, { headers });
  const events: StreamEvent[] = [];
  const state: { head: AnswerHead | null; ended: boolean } = { head: null, ended: false };
  const read = async () => {
    state.head = await client.head();
    await reading;
    let rest: string[] = [];
    for (let part = await client.read(); part !== null; part = await client.read()) {
      rest.push(part);
      // Within a line no event ends: the pieces of a large one are put together once.
      if (!/[\r\n]/.test(part)) continue;
      const blocks = rest.join('').split(/(?:\r\n|\n|\r(?!\n)){2}/);
      rest = blocks.splice(-1);
      events.push(...blocks.flatMap(parseEvent));
    }
    state.ended = true;
  };
  read().catch(() => {});
  await soon(() => state.head !== null || client.closed);
  if (state.head === null)
    expect.fail('The head of the answer of /events should come before any event. It did not.');
  expect(state.head.status, 'The status of /events').toBe(200);

  return {
    events,
    head: state.head,
    get ended() {
      return state.ended;
    },
    get gone() {
      return client.closed;
    },
    get ids() {
      return events.map(({ id }) => Number(id));
    },
    get updates() {
      return events.map(({ update }) => update);
    },
    leave: () => client.leave(),
    [Symbol.dispose]: () => client.leave(),
  };
}

interface StreamEvent {
  id: string;
  update: unknown;
}

/** One event of a stream, as https://html.spec.whatwg.org/multipage/server-sent-events.html has it; none if it has no data. */
function parseEvent(block: string): StreamEvent[] {
  const fields = block.split(/\r\n|\n|\r/).map((line) => /^([^:]*):? ?(.*)$/.exec(line) ?? []);
  const valuesOf = (name: string) =>
    fields.filter(([, field]) => field === name).map(([, , value = '']) => value);
  const data = valuesOf('data');
  if (data.length === 0 || valuesOf('event').length > 0) return [];
  return [{ id: valuesOf('id').at(-1) ?? 'none', update: parse(data.join('\n')) }];
}

/** A client of /socket that takes everything. */
async function openSocket(url: string) {
  const socket = new WebSocket(url.replace(/^http/, 'ws'));
  const messages: unknown[] = [];
  const state: { closed: CloseEvent | null } = { closed: null };
  socket.addEventListener('message', ({ data }) => messages.push(parse(String(data))));
  socket.addEventListener('close', (event) => {
    state.closed = event;
  });
  await soon(() => socket.readyState === WebSocket.OPEN || state.closed !== null);
  expect(state.closed === null && socket.readyState, 'The state of a new socket (1: open)').toBe(
    WebSocket.OPEN,
  );
  return {
    ask: (text: string) => socket.send(text),
    get updates() {
      return valuesIn(messages, 'update');
    },
    get answers() {
      return valuesIn(messages, 'answer');
    },
    get closed() {
      return state.closed;
    },
    get gone() {
      return state.closed !== null;
    },
    leave: () => socket.close(),
    [Symbol.dispose]: () => socket.close(),
  };
}

/** A client that is connected and takes nothing, until it is told to read. */
async function openSlow(url: string, newestSocket: () => Socket | undefined) {
  const reading = Promise.withResolvers<void>();
  const client = url.endsWith('/socket')
    ? await openSlowSocket(url, reading.promise)
    : await openStream(url, undefined, reading.promise);
  const server = newestSocket()!;
  let waiting = 0;

  return {
    sent: 0,
    /** Messages that the operating system has not taken from the learner's program. */
    get waiting() {
      if (server.destroyed) return waiting;
      waiting =
        this.sent - Math.floor((server.bytesWritten - server.writableLength) / filler.length);
      return waiting;
    },
    get gone() {
      return server.destroyed;
    },
    /** The numbers of the updates that came. */
    get numbers() {
      return client.updates.map((update) => (Object(update) as Partial<Update>).number);
    },
    ask: (text: string) => {
      if ('ask' in client) client.ask(text);
    },
    read: () => reading.resolve(),
    leave: () => client.leave(),
    [Symbol.dispose]: () => client.leave(),
  };
}

/** A client of /socket that takes nothing until `reading` resolves: a WebSocket of Node always reads. */
async function openSlowSocket(url: string, reading: Promise<void>) {
  const { host, hostname, port, pathname } = new URL(url);
  const client = connect({ host: hostname, port: Number(port) });
  client.on('error', () => {});
  let bytes = Buffer.alloc(0);
  client.on('data', (part: Buffer) => {
    bytes = Buffer.concat([bytes, part]);
    if (bytes.includes('\r\n\r\n')) client.pause();
  });
  const headers = [
    `host: ${host}`,
    'connection: upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    `sec-websocket-key: ${btoa(mark + mark)}`,
  ];
  client.write(`GET ${pathname} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
  await soon(() => client.isPaused() || client.destroyed);
  const head = bytes.toString('latin1').split('\r\n\r\n')[0]!;
  expect(head.split('\r\n')[0], `The first line of the answer of ${pathname}`).toMatch(
    /^HTTP\/1\.1 101 /,
  );
  bytes = bytes.subarray(head.length + 4);
  const messages: unknown[] = [];
  void reading.then(() => {
    client.removeAllListeners('data').on('data', (part: Buffer) => {
      const frames = readFrames(Buffer.concat([bytes, part]));
      bytes = frames.rest;
      messages.push(...frames.texts.map(parse));
    });
    client.resume();
  });

  return {
    get updates() {
      return valuesIn(messages, 'update');
    },
    /** Sends a text of less than 126 bytes, with a mask of zeros. */
    ask: (text: string) => {
      const { length } = Buffer.from(text);
      client.write(Buffer.from([0x81, 0x80 + length, 0, 0, 0, 0, ...Buffer.from(text)]));
    },
    leave: () => client.destroy(),
  };
}

/** The frames that are complete, as https://www.rfc-editor.org/rfc/rfc6455#section-5.2 has them, and the bytes after them. */
function readFrames(bytes: Buffer<ArrayBuffer>): { texts: string[]; rest: Buffer<ArrayBuffer> } {
  const texts: string[] = [];
  let rest = bytes;
  while (rest.length >= 2) {
    const short = rest[1]! & 127;
    const start = 2 + (short === 127 ? 8 : short === 126 ? 2 : 0);
    if (rest.length < start) break;
    const length =
      short < 126 ? short : rest.readUIntBE(Math.max(2, start - 6), Math.min(6, start - 2));
    if (rest.length < start + length) break;
    texts.push(rest.toString('utf8', start, start + length));
    rest = rest.subarray(start + length);
  }
  return { texts, rest };
}

function valuesIn(messages: unknown[], name: 'update' | 'answer'): unknown[] {
  const objects = messages.map((message) => Object(message) as Record<string, unknown>);
  return objects.flatMap((object) => (name in object ? [object[name]] : []));
}

/** Publishes large updates until so many wait for `slow`, or until it is dropped. */
async function hold(
  served: Served,
  slow: Slow,
  waiting: number,
  afterEach?: (number: number) => Promise<void>,
): Promise<void> {
  const enough = () => slow.gone || slow.waiting >= waiting;
  do {
    while (!enough()) {
      const number = served.emit({ filler });
      slow.sent += 1;
      await afterEach?.(number);
      await turns(5);
    }
    // What looks full may only be late: the operating system moves the bytes when it has time.
    await turns(200);
  } while (!enough());
}

function toldLate(number: number): string {
  return `One client takes nothing. So another one, which takes everything, does not get update ${number}: it waits for the first one.`;
}

function toldAstray(number: number): string {
  return `One client takes nothing, another one takes everything. It was this other one that lost its connection, when update ${number} came.`;
}

function toldKept(
  path: string,
  maxBuffered: number,
  waiting: number,
  messages = 'updates',
): string {
  return `A client of ${path} takes nothing, and maxBuffered is ${maxBuffered}. Now ${waiting} messages (${messages}) wait for it in the memory of your program, and it is still connected.`;
}

function toldDropped(path: string, waiting: number): string {
  return `A client of ${path} took nothing for a while, and maxBuffered is ${limit}. It was dropped too early. The messages that waited for it were ${waiting}.`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
