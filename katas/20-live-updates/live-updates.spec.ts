import { EventEmitter } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  VirtualClock,
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
  using _time = stillTime();
  await using served = await serve({ maxBuffered: limit });
  using stream = await served.stream();
  using socket = await served.socket();
  const others = [stream, socket];
  const before = served.listeners;

  using slow = await served.slow('/events');
  // Came after the slow one: what all wait for together would hit it first.
  using late = await served.stream();
  await hold(served, slow, limit + 4, { others: [...others, late] });
  if (!slow.gone) expect.fail(toldKept('/events', limit, slow.waiting));
  late.leave();
  await expectForgotten(served, before, others);

  // What was missed counts as well: it waits as new updates do. Some of these are more than the operating system's buffers hold.
  const hugeFiller = 'x'.repeat(1_000_000);
  for (const other of others) other.leave();
  await served.publishMany(limit, hugeFiller);
  using missed = await served.slow('/events', String(served.published.length - limit));
  for (let update = 0; update < limit; update += 1) missed.note(hugeFiller);
  await hold(served, missed, limit + 4);
  const what = `updates; it came with Last-Event-ID, so the first ${limit} were sent again`;
  if (!missed.gone) expect.fail(toldKept('/events', limit, missed.waiting, what));
});

test('a socket that takes nothing is dropped as well', async () => {
  // Another limit than above, so that no constant fits both.
  const maxBuffered = limit + 7;
  for (const messages of ['updates', 'updates and answers']) {
    using _time = stillTime();
    await using served = await serve({ maxBuffered });
    using stream = await served.stream();
    using other = await served.socket();
    const others = [stream, other];
    const before = served.listeners;
    using slow = await served.slow('/socket');
    const asks = messages !== 'updates';
    if (asks) for (let question = 0; question < 60; question += 1) slow.ask('Where is it?');
    await soon(() => !asks || served.questions.length > 0);

    let answered = 0;
    const answer = () => {
      // None, where the next question is asked only when the answer before has been taken.
      const question = served.questions[answered];
      if (question === undefined) return false;
      answered += 1;
      slow.note(filler);
      question.answer(filler);
      return true;
    };
    if (asks) await hold(served, slow, maxBuffered - 4, { others, also: answer });
    // Answers alone are enough to be dropped for.
    await hold(served, slow, maxBuffered + 4, { others, ...(asks && { instead: answer }) });

    if (!slow.gone) expect.fail(toldKept('/socket', maxBuffered, slow.waiting, messages));
    await expectForgotten(served, before, others);
  }
});

test('a client that is slow for a while is kept, and misses nothing', async () => {
  const maxBuffered = limit + 7;
  // Larger than where a client is to be dropped, so that no limit in bytes fits both.
  const text = filler.repeat(2);
  for (const path of ['/events', '/socket']) {
    await using served = await serve({ maxBuffered });
    using slow = await served.slow(path);

    for (const time of ['once', 'again']) {
      await hold(served, slow, maxBuffered - 1, { text });
      if (slow.gone) expect.fail(toldDropped(path, maxBuffered, slow.waiting, time));
      slow.read();

      const sent = served.published.length;
      await soon(() => slow.numbers.length >= sent);
      const told = `A client of ${path} was slow ${time}; what it got in the end, of updates 1 to ${sent}`;
      expect(slow.numbers, told).toEqual(upTo(sent));
      slow.pause();
    }
  }
});

test('every client gets every update, on a stream with its number', async () => {
  await using served = await serve();
  using stream = await served.stream();
  using socket = await served.socket();

  await using other = await serve({ buildApp: served.buildApp });
  await other.publishMany(2);

  await served.publish(stream, socket);
  await served.publish(stream, socket);
  const numbers = 'The numbers of two updates, on a stream (another app had two others before)';
  expect(stream.ids, numbers).toEqual([1, 2]);
  // JSON can hold these too.
  for (const value of [null, 0, false, '', '7', 'two\nlines', ['a list']]) {
    served.tell(value);
    const { length } = served.published;
    await soon(() => stream.events.length >= length && socket.updates.length >= length);
  }

  const { 'content-type': type } = stream.head.headers;
  expect(type, 'The content type of /events').toMatch(/^text\/event-stream\b/);
  expect(stream.events, 'What a stream got').toEqual(served.events());
  const messages = served.published.map((update) => ({ update }));
  expect(socket.messages, 'The messages that a socket got').toEqual(messages);
});

test('Last-Event-ID brings what was missed, then what is new', async () => {
  await using served = await serve();
  using streaming = new DisposableStack();
  const over = 12;
  await served.publishMany(over);
  const cases = [
    { lastEventId: '9', ids: [10, 11, 12, 13] },
    { lastEventId: '10', ids: [11, 12, 13] },
    { lastEventId: '12', ids: [13] },
    { lastEventId: '0', ids: upTo(13) },
    // A client from before a new start of the server may as well get all that is kept.
    { lastEventId: '500', ids: [13], or: upTo(13) },
  ];

  const streams: Stream[] = [];
  for (const { lastEventId, ids } of cases) {
    const stream = streaming.use(await served.stream(lastEventId));
    await soon(() => stream.events.length >= ids.length - 1);
    streams.push(stream);
  }
  await served.publish(...streams);
  await soon(() => streams.every((stream) => stream.ids.at(-1) === over + 1));

  for (const [index, { lastEventId, ids: least, or = least }] of cases.entries()) {
    const told = `Events 1 to ${over} were over, Last-Event-ID was ${lastEventId}, and event ${over + 1} came; the stream`;
    const ids = streams[index]!.ids.length > least.length ? or : least;
    expect(streams[index]!.ids, told).toEqual(ids);
    const updates = served.published.slice(-ids.length);
    expect(streams[index]!.updates, 'What these events were').toEqual(updates);
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

  for (const lastEventId of [undefined, '', 'abc', '2up', '1.5']) {
    using stream = await served.stream(lastEventId);
    await served.publish(stream);

    const number = served.published.length;
    const told = `Last-Event-ID was ${lastEventId === undefined ? 'not there' : `'${lastEventId}'`}, update ${number} came; the stream`;
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
    const first = `${told} Last-Event-ID was 1, and all updates are kept; the first event that the client got`;
    expect(ids[0], first).toBe(2);
    if (wrong > 0) expect.fail(`${told} It got event ${ids[wrong]} after ${ids[wrong - 1]}.`);
    expect(ids.at(-1), 'The last event that the client got').toBe(served.published.length);
  }
});

test('questions of a socket are asked and answered in order', async () => {
  await using served = await serve();
  using stream = await served.stream();
  using socket = await served.socket();

  // A question or a reply may be empty, look like a number, or be the same as one before.
  const texts = ['one', '', 'Où est-il ?', '7', 'one'];
  const replies = [`${mark} 1`, `${mark} 2`, '', '0', 'Là-bas.'];
  for (const text of texts) socket.ask(text);
  const open = new Set(texts.keys());
  for (let answered = 0; answered < texts.length; answered += 1) {
    await soon(() => served.questions.length > answered);
    // So the server has had its turns to read the other questions too.
    for (let update = 0; update < 3; update += 1) await served.publish(stream);
    const told = `A socket asked ${texts.length} questions, and ${answered} had been answered; those asked on the bus`;
    const { asked } = served;
    expect(asked, told).toEqual(texts.slice(0, Math.max(asked.length, answered + 1)));
    // Where several were asked at once, the last one is answered first, and its answer has to wait.
    const last = asked.findLastIndex((_, question) => open.delete(question));
    served.questions[last]!.answer(replies[last]!);
  }
  await soon(() => socket.answers.length >= replies.length);
  const ordered =
    'The answers that the socket got, in the order of its questions (where several were asked at once, the last one was answered first)';
  expect(socket.answers, ordered).toEqual(replies);

  served.answerAtOnce();
  // The first one comes when none waits, the others while it is there.
  for (const text of ['later', 'at', 'once']) socket.ask(text);
  await soon(() => socket.answers.length >= replies.length + 3);
  const told =
    'All questions were answered. Then came three more, each answered at once; the answers';
  expect(socket.answers.slice(replies.length), told).toEqual(['later!', 'at!', 'once!']);
  const answers = socket.messages.filter((message) => !('update' in Object(message)));
  const whole = 'The messages with answers';
  expect(answers, whole).toEqual(socket.answers.map((answer) => ({ answer })));
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
  const early = 'What the socket that waits was answered, when only the other one had an answer';
  expect(asking.answers, early).toEqual([]);
  expect(asking.updates, 'The updates of the socket that waits').toEqual(served.published);
  expect(stream.updates, 'The updates of a stream meanwhile').toEqual(served.published);

  served.questions[0]?.answer(`${mark} at last`);
  await soon(() => asking.answers.length >= 1);
  await served.publish(stream, asking, other);
  expect(asking.answers, 'What the socket was answered at last').toEqual([`${mark} at last`]);
  const others = 'The answers of the other socket, after the first one had its answer too';
  expect(other.answers, others).toEqual([mark]);
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

  await served.close();
  const closed = 'All clients had left, then the app was closed; listeners on the bus';
  expect(served.listeners, closed).toBe(0);
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
    using broken = await served.slow('/socket');
    await served.publish(stream, socket);
    socket.ask('too late');
    await soon(() => served.questions.length >= 1);

    for (const client of [stream, socket, broken]) client.leave();
    await soon(() => served.connections === 0);
    await turns(20);

    const told =
      'A stream and two sockets came and left, one of them while it waited for an answer; timers that they left behind';
    expect(pending() - before, told).toBe(0);
  });
});

test('closing the app ends streams and sockets', async () => {
  await using served = await serve();
  using stream = await served.stream();
  using socket = await served.socket();
  await served.publish(stream, socket);
  socket.ask('never answered');
  await soon(() => served.questions.length >= 1);

  const closed = await served.close();
  await soon(() => stream.ended && socket.closed !== null && served.listeners === 0);

  if (!closed)
    expect.fail(
      'A stream and a socket are open, and the socket has asked a question that is never answered. app.close() waits for one of them.',
    );
  if (!stream.ended)
    expect.fail('The app is closed, but the answer of /events did not end properly.');
  if (!socket.closed?.wasClean)
    expect.fail('The app is closed, but the socket got no close frame.');
  expect(served.listeners, 'Listeners on the bus after the app was closed').toBe(0);
});

test('closing the app waits for nobody who takes nothing', async () => {
  for (const path of ['/events', '/socket']) {
    using time = VirtualClock.install();
    await using served = await serve({ maxBuffered: limit });
    using stream = await served.stream();
    using socket = await served.socket();
    using slow = await served.slow(path);
    await hold(served, slow, limit - 1);
    await soon(() =>
      [stream, socket].every(({ updates }) => updates.length === served.published.length),
    );
    await served.publish(stream, socket);
    await turns(20);

    // Some destroy it at once, others after a while, as ws does.
    const closed = await served.close(() => time.run(() => sleep(60_000)));
    await soon(() => stream.ended && socket.closed !== null);

    if (!closed)
      expect.fail(
        `A client of ${path} takes nothing, and app.close() waits for it, also after a minute, to which the test has turned the clock. It should be destroyed.`,
      );
    if (!stream.ended || !socket.closed?.wasClean)
      expect.fail(
        `A client of ${path} takes nothing, and the app is closed. A stream and a socket that take everything were cut off too: they should get a proper end.`,
      );
  }
});

/** Time that stands still until it is disposed of: no timer runs out, so what has to be done at once shows. */
function stillTime(): Disposable {
  return VirtualClock.install();
}

/** That nothing is left of a client that was dropped. */
async function expectForgotten(served: Served, before: number, others: Taking[]): Promise<void> {
  await soon(() => served.listeners === before);
  for (let update = 0; update < 2; update += 1) await served.publishTo(others);
  const told = 'A client came and was dropped;';
  const listeners = served.listeners - before;
  expect(listeners, `${told} listeners on the bus, more than before`).toBe(0);
  const writes = `${told} how often your code still wrote updates to it`;
  expect(served.writesToTheGone, writes).toBe(0);
}

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
  text: string;
}

type App = ReturnType<Awaited<ReturnType<typeof load>>['buildApp']>;
type Served = Awaited<ReturnType<typeof serve>>;
type Stream = Awaited<ReturnType<typeof openStream>>;
/** A client that takes everything. */
type Taking = { readonly updates: readonly unknown[]; readonly gone: boolean };
type Slow = Awaited<ReturnType<typeof openSlow>>;

/** The learner's server on a real socket, with a bus of its own, and clients for it. */
async function serve(
  options: { maxBuffered?: number; buildApp?: Awaited<ReturnType<typeof load>>['buildApp'] } = {},
) {
  const { buildApp } = options.buildApp ? { buildApp: options.buildApp } : await load();
  const bus = new EventEmitter();
  bus.setMaxListeners(0);
  const app = buildApp({ bus, maxBuffered: options.maxBuffered ?? 50 });
  const sockets: Socket[] = [];
  app.server.on('connection', (socket) => sockets.push(socket));
  const gone = watchWrites(app);
  const questions: Question[] = [];
  const published: unknown[] = [];
  const server = await serveApp(app);
  let atOnce = false;
  bus.on('question', (question: Question) => {
    questions.push(question);
    if (atOnce) question.answer(`${question.text}!`);
  });

  return {
    buildApp,
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
    /** What a stream should have got of all updates. */
    events: () => published.map((update, index) => ({ id: String(index + 1), update })),
    answerAtOnce: () => {
      atOnce = true;
    },
    tell: (update: unknown) => {
      published.push(update);
      bus.emit('update', update);
    },
    emit(text = '') {
      this.tell({ number: published.length + 1, mark, text } satisfies Update);
    },
    /** Publishes one update, and waits until these clients have it, if they ever get it. */
    async publish(...clients: { updates: readonly unknown[] }[]) {
      return this.publishTo(clients);
    },
    async publishTo(clients: readonly { updates: readonly unknown[] }[], text?: string) {
      const enough = clients.map(({ updates }) => updates.length + 1);
      this.emit(text);
      return soon(() => clients.every(({ updates }, index) => updates.length >= enough[index]!));
    },
    async publishMany(count: number, text?: string) {
      for (let update = 0; update < count; update += 1) {
        this.emit(text);
        await turns(1);
      }
    },
    async publishEveryTurn(most: number, signal: AbortSignal) {
      while (!signal.aborted && published.length < most) await this.publishMany(1);
    },
    stream: (lastEventId?: string) => openStream(server.url('/events'), lastEventId),
    socket: () => openSocket(server.url('/socket')),
    slow: (path: string, lastEventId?: string) =>
      openSlow(server.url(path), () => sockets.at(-1), lastEventId),
    /** Whether the app closes in time, or else after what `later` does. */
    close: async (later?: () => Promise<unknown>) => {
      let closed = false;
      void Promise.resolve(app.close()).then(
        () => {
          closed = true;
        },
        // One that fails has not closed. A hook that never ends makes it fail, ten seconds later.
        () => {},
      );
      if (await soon(() => closed)) return true;
      await later?.();
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

/** A client of /events that would keep its connection, and takes everything, as fast as `pace` lets it. */
async function openStream(url: string, lastEventId?: string, pace?: Pace) {
  const headers = {
    connection: 'keep-alive',
    ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
  };
  const client = await openRequest(url, { headers });
  const events: StreamEvent[] = [];
  const state: { head: AnswerHead | null; ended: boolean } = { head: null, ended: false };
  const read = async () => {
    state.head = await client.head();
    await pace?.reading.promise;
    let rest: string[] = [];
    for (let part = await client.read(); part !== null; part = await client.read()) {
      await pace?.reading.promise;
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
    messages,
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

/** Whether a slow client reads. */
class Pace {
  reading = Promise.withResolvers<void>();
}

/** A client that is connected and takes nothing, until it is told to read. */
async function openSlow(url: string, newestSocket: () => Socket | undefined, lastEventId?: string) {
  const pace = new Pace();
  const client = url.endsWith('/socket')
    ? await openSlowSocket(url)
    : await openStream(url, lastEventId, pace);
  const server = newestSocket()!;
  const sizes: number[] = [];
  let waiting = 0;

  return {
    /** A message with this text was sent to it. */
    note: (text: string) => void sizes.push(text.length),
    /** Messages that the operating system has not taken from the learner's program. */
    get waiting() {
      if (server.destroyed) return waiting;
      let taken = server.bytesWritten - server.writableLength;
      const first = sizes.findIndex((size) => (taken -= size) < 0);
      waiting = first === -1 ? 0 : sizes.length - first;
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
    read: () => {
      pace.reading.resolve();
      if ('resume' in client) client.resume();
    },
    pause: () => {
      pace.reading = Promise.withResolvers();
      if ('pause' in client) client.pause();
    },
    leave: () => client.leave(),
    [Symbol.dispose]: () => client.leave(),
  };
}

/** A client of /socket that takes nothing until it is told to: a WebSocket of Node always reads. */
async function openSlowSocket(url: string) {
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
  const take = (part: Buffer): void => {
    const frames = readFrames(Buffer.concat([bytes, part]));
    bytes = frames.rest;
    messages.push(...frames.texts.map(parse));
  };

  return {
    get updates() {
      return valuesIn(messages, 'update');
    },
    /** Sends a text of less than 126 bytes, with a mask of zeros. */
    ask: (text: string) => {
      const { length } = Buffer.from(text);
      client.write(Buffer.from([0x81, 0x80 + length, 0, 0, 0, 0, ...Buffer.from(text)]));
    },
    resume: () => void client.removeAllListeners('data').on('data', take).resume(),
    pause: () => void client.pause(),
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

interface Holding {
  /** How large the updates are. */
  text?: string;
  /** Clients that take everything, and should have each update soon. */
  others?: Taking[];
  /** What is done beside each update. */
  also?: () => unknown;
  /** What is done instead of an update, where it says true. */
  instead?: () => boolean;
}

/** Publishes large updates until so many messages wait for `slow`, or until it is dropped. */
async function hold(
  served: Served,
  slow: Slow,
  waiting: number,
  { text = filler, others = [], also, instead }: Holding = {},
): Promise<void> {
  const enough = () => slow.gone || slow.waiting >= waiting;
  do {
    while (!enough()) {
      if (!instead?.()) {
        slow.note(text);
        const arrived = await served.publishTo(others, text);
        const number = served.published.length;
        const astray = others.some(({ gone }) => gone);
        if (!arrived) expect.fail(astray ? toldAstray(number) : toldLate(number));
        also?.();
      }
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
  return `A client of ${path} takes nothing, and maxBuffered is ${maxBuffered}. Now ${waiting} messages (${messages}) wait for it in the memory of your program, and it is still connected. It should be destroyed at once; no timer runs out in this test.`;
}

function toldDropped(path: string, maxBuffered: number, waiting: number, time: string): string {
  const before = time === 'again' ? 'It had been slow before, and had then taken everything. ' : '';
  return `A client of ${path} took nothing for a while, and maxBuffered is ${maxBuffered}. ${before}It was dropped too early. The messages that waited for it were ${waiting}.`;
}

/** Of a large text only its length is kept: many of them would fill the memory. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown) =>
      typeof value === 'string' && value.length > 100_000 ? `${value.length} characters` : value,
    );
  } catch {
    return text;
  }
}
