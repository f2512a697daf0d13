import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fastify from 'fastify';
import { Client } from 'undici';
import {
  KataFailure,
  VirtualRunawayError,
  expect,
  inVirtualTime,
  kata,
  openRequest,
  random,
  serveApp,
  startSlowApi,
  test,
  turns,
  until,
} from '#harness';
import type { LeavingClient, OpenRequestOptions } from '#harness';

const load = kata(() => import('./cancellation-reaches-the-socket.ts'));

/** Client, proxy and upstream run on this thread, one turn of the loop after another: what has not come by then never comes. */
const patience = { limitMs: 300 };
/** For what should not come: everybody waits for so long when all is well. */
const shortPatience = { limitMs: 50 };
/** A path that nobody can know before. */
const path = `/${random().nonce()}`;
const methodsWithBody = ['POST', 'PUT', 'PATCH', 'DELETE'];
const minute = 60_000;
/** What a proxy may say when it got no answer. */
const serverErrors = [502, 500, 503, 504];
const longPart = 'x'.repeat(200_000);
const largePiece = Buffer.alloc(65_536, path);
/** A hundred megabytes: more than all buffers between the two sides can hold. */
const tooManyPieces = 1600;

test('the upstream sees the connection close when the client leaves', async () => {
  const { buildProxy } = await load();
  const routes = { [path]: { gate: true }, '/hasty': { gate: true } };
  await using upstream = await startSlowApi({ routes });
  const requestsFor = (asked: string) =>
    upstream.traffic.requests.filter((request) => request.path === asked);
  const app = buildProxy({ upstream: upstream.origin });
  await using proxy = await serveApp(app);
  using hasty = await ask(proxy.url('/hasty'));
  app.server.once('request', () => hasty.leave());
  await untilOrNot(() => hasty.closed);
  await turns(20);
  // Comes after the other: what the proxy sends for that one arrives before.
  using client = await ask(proxy.url(path));
  await untilOrNot(() => requestsFor(path).length > 0);

  client.leave();

  await untilOrNot(() => upstream.traffic.inFlight === 0);
  const sentence =
    'The client left while it waited for the answer, and the proxy should then close its connection to the upstream. The request, as the upstream saw it';
  expect(requestsFor(path)[0]?.outcome, sentence).toBe('aborted');
  const tooLate =
    'A client left as soon as its request had come to the proxy: who does not listen by then misses it. Requests for it that are still open at the upstream';
  const open = requestsFor('/hasty').filter(({ outcome }) => outcome === 'open');
  expect(open.length, tooLate).toBe(0);
});

test('a POST with a body is not cancelled while its client waits', async () => {
  const { buildProxy } = await load();
  const run = await inVirtualTime(async (clock) => {
    await using upstream = await serveUpstream(async ({ request, response }) => {
      for await (const _ of request);
      await sleep(minute);
      response.write('do');
      await sleep(minute);
      response.end('ne');
    });
    await using proxy = await serveApp(buildProxy({ upstream: upstream.origin }));
    const fetchText = async (init: RequestInit) => {
      const answer = await fetch(proxy.url(path), init);
      const text = await answer.text().catch(() => '(broken off)');
      return { answer: [answer.status, text], ms: clock.now };
    };
    return await Promise.all([
      fetchText({ method: 'POST', body: 'hello' }),
      fetchText({ method: 'POST', body: slowBody(), duplex: 'half' }),
      fetchText({ method: 'GET' }),
    ]);
  }).catch(tellOfLooking);

  const [posted, postedSlowly, got] = run.value;
  const clients = { 'a POST': posted, 'a POST, slowly': postedSlowly, 'a GET': got };
  for (const [what, { answer, ms }] of Object.entries(clients)) {
    const sentence = `A client sent ${what}, and stayed; the upstream took some minutes. After ${told(ms)} seconds the client got this status and body`;
    expect(answer, sentence).toEqual([200, 'done']);
  }
  expect(run).toTakeVirtually(3 * minute);
});

test('a client that leaves after its POST was read is noticed too', async () => {
  await using upstream = await serveUpstream();
  await using proxy = await serveProxy(upstream.origin);
  using clients = new DisposableStack();
  for (const method of methodsWithBody) {
    clients.use(await ask(proxy.url(path), { method, body: 'hello' }));
  }
  const read = ({ received }: Visit): boolean => received.toString() === 'hello';
  await untilOrNot(() => upstream.visits.filter(read).length === methodsWithBody.length);
  await untilOrNot(() => upstream.lost.length > 0, shortPatience);
  expect(upstream.lost, 'Requests that were broken off while their clients stayed').toEqual([]);

  clients.dispose();

  await untilOrNot(() => upstream.lost.length === methodsWithBody.length);
  const sentence =
    'Four clients sent a whole body, waited, and left. Requests whose connection the upstream saw close';
  expect(upstream.lost, sentence).toEqual(methodsWithBody);
});

test('a client that leaves amid its upload is noticed too', async () => {
  await using upstream = await serveUpstream();
  await using proxy = await serveProxy(upstream.origin);
  using client = await ask(proxy.url(path), { method: 'POST', streaming: true });
  await client.send('first piece');
  await untilOrNot(() => upstream.visits.length === 1);

  client.leave();
  await turns(20);

  const nothingOpen = (): boolean => upstream.visits.every(({ lost }) => lost);
  await untilOrNot(nothingOpen);
  const sentence =
    'The client left before its body was complete. Whether the upstream saw its connection close';
  expect(nothingOpen(), sentence).toBe(true);
});

test('a client that leaves amid the answer is noticed too', async () => {
  await using upstream = await serveUpstream(({ response }) => {
    response.write(longPart);
  });
  await using proxy = await serveProxy(upstream.origin);

  for (const options of [{}, { method: 'POST', body: 'hello' }]) {
    using client = await ask(proxy.url(path), options);
    await client.read();

    client.leave();

    const wasLost = (): boolean | undefined => upstream.visits.at(-1)?.lost;
    await untilOrNot(() => wasLost() === true);
    const sentence = `The client sent a ${options.method ?? 'GET'}, read the first part of the answer, and left. Whether the upstream saw its connection close`;
    expect(wasLost(), sentence).toBe(true);
  }
});

test('other requests go on when one client leaves', async () => {
  await using upstream = await startSlowApi({
    routes: { [path]: { gate: true }, '/amid': { bodyDelayMs: 1, gate: true } },
  });
  await using proxy = await serveProxy(upstream.origin);
  using leaving = await ask(proxy.url(path));
  using posting = await ask(proxy.url(path), { method: 'POST', body: 'hello' });
  using reading = await ask(proxy.url('/amid'));
  await untilOrNot(() => upstream.traffic.inFlight === 3);

  leaving.leave();
  await untilOrNot(() => upstream.traffic.inFlight < 3);
  await turns(20);
  upstream.open(path);
  upstream.open('/amid');

  const sentence = 'Another client left. The status that a client got which stayed';
  for (const client of [posting, reading]) {
    expect((await client.head()).status, sentence).toBe(200);
    expect(await client.text()).not.toBe('');
  }
});

test('a normal end aborts nothing, and the connection is used again', async () => {
  await using upstream = await startSlowApi({ routes: { [path]: { echo: true } } });
  await using proxy = await serveProxy(upstream.origin);

  for (const method of ['GET', 'POST', 'PUT', 'GET', 'POST', 'PUT', 'GET', 'POST']) {
    const body = random().nonce().repeat(10_000);
    using client = await ask(proxy.url(path), method === 'GET' ? {} : { method, body });
    const answer = await client.text();
    expect(answer === (method === 'GET' ? '' : body), 'Whether the answer is whole').toBe(true);
    await turns(10);
  }

  const outcomes = new Set(upstream.traffic.requests.map(({ outcome }) => outcome));
  expect([...outcomes], 'How the upstream saw requests end that went well').toEqual(['done']);
  const requests = 'Requests that the upstream got, for 8 of the clients, some of them alike';
  expect(upstream.traffic.requests.length, requests).toBe(8);
  const sentence = 'Connections to the upstream for 8 requests, one after another';
  expect(upstream.connections.opened, sentence).toBeLessThanOrEqual(2);
});

test('a body goes to the upstream as it comes, piece by piece', async () => {
  await using upstream = await serveUpstream(async ({ request, response }) => {
    for await (const _ of request);
    response.end('all read');
  });
  await using proxy = await serveProxy(upstream.origin);
  using client = await ask(proxy.url(path), { method: 'PUT', streaming: true });

  await client.send('first ');
  await untilOrNot(() => upstream.visits[0]?.received.toString() === 'first ');

  const sentence = 'What the upstream had, when the client had sent the first piece of its body';
  expect(upstream.visits[0]?.received.toString() ?? '(no request)', sentence).toBe('first ');
  upstream.visits[0]?.response.write(longPart);
  const early = (await client.read().catch(() => null)) ?? '';
  const soon =
    'The upstream began its answer while the client was still sending its body. Whether the client had a part of it then';
  expect(early.length > 0, soon).toBe(true);
  client.endBody('second');
  expect((await client.text()) === `${longPart}all read`, 'Whether the answer is whole').toBe(true);
  expect(upstream.visits[0]?.received.toString()).toBe('first second');
});

test('an answer goes to the client as it comes, piece by piece', async () => {
  await using upstream = await serveUpstream(({ response }) => {
    response.write('first ');
  });
  await using proxy = await serveProxy(upstream.origin);
  using client = await ask(proxy.url(path));

  expect(await client.readUntil('first '), 'The first part of the answer').toBe('first ');
  upstream.visits[0]?.response.end('second');

  expect(await client.text(), 'The whole answer').toBe('first second');
});

test('whoever does not read holds up the other side', async () => {
  let pieces = 0;
  await using upstream = await serveUpstream(({ request, response }) => {
    request.pause();
    const send = (): void => {
      pieces += 1;
      if (pieces < tooManyPieces) response.write(largePiece);
      else response.end();
    };
    response.on('drain', send);
    if (request.method === 'GET') send();
  });
  await using proxy = await serveProxy(upstream.origin);

  using reading = await ask(proxy.url(path));
  await reading.head();
  await untilItStays(() => pieces);
  using sending = await ask(proxy.url(path), {
    method: 'POST',
    headers: { 'content-length': tooManyPieces * largePiece.length },
    streaming: true,
    ...shortPatience,
  });
  const sent = await sendUntilHeldUp(sending);

  const held = 'Pieces of 64 KB that your proxy took';
  expect(pieces, `The client read nothing. ${held} from the upstream`).toBeLessThan(tooManyPieces);
  expect(sent, `The upstream read nothing. ${held} from the client`).toBeLessThan(tooManyPieces);
});

test('method, path, query, headers and body arrive as they were sent', async () => {
  const answered = {
    'content-type': 'text/x-mark',
    'set-cookie': ['a=1', 'b=2'],
    'x-answer': path,
    'x-empty': '',
    'x-many': ['one', 'two'],
  };
  const empty = { 'x-answer': path };
  const statuses: Record<string, number> = {
    GET: 404,
    OPTIONS: 200,
    POST: 203,
    PUT: 500,
    PATCH: 422,
    DELETE: 204,
  };
  await using upstream = await serveUpstream(async ({ request, response }) => {
    for await (const _ of request);
    const ofTheConnection = { connection: 'close, x-hop', 'keep-alive': 'timeout=79' };
    const status = statuses[request.method ?? ''] ?? 500;
    response.writeHead(status, { ...(status === 204 ? empty : answered), ...ofTheConnection });
    response.end(status === 204 ? '' : bytesOf(request.method));
  });
  await using proxy = await serveProxy(upstream.origin);
  const target = `${path}/a%2Fb//c;d=e?q=1&q=%C3%A9&empty=`;
  const host = 'proxy.example';

  for (const method of ['GET', 'OPTIONS', ...methodsWithBody]) {
    const bytes = bytesOf(method);
    const hasBody = methodsWithBody.includes(method);
    const body = hasBody ? bytes : Buffer.alloc(0);
    const headers = {
      'x-asked': method,
      'x-empty': '',
      authorization: 'Basic a2F0YQ==',
      cookie: 'a=1; b=2',
      ...(hasBody && { 'content-type': 'application/json' }),
    };
    const ofTheConnection = { host, connection: 'close, x-hop', 'keep-alive': 'timeout=78' };
    const before = upstream.visits.length;
    using client = await ask(proxy.url(target), {
      method,
      ...(hasBody && { body }),
      headers: { ...headers, 'x-many': ['one', 'two'], ...ofTheConnection },
      encoding: 'latin1',
    });
    const head = await client.head();
    const seen = upstream.visits[before];

    const asked = seen ? `${seen.request.method} ${seen.request.url}` : 'nothing';
    expect(asked, 'What the upstream was asked for').toBe(`${method} ${target}`);
    const status = statuses[method];
    expect(head.status, `The status, for ${status} of the upstream`).toBe(status);
    const whole = status === 204 ? '' : bytes.toString('latin1');
    const noText = 'which are no text; here each byte is one character';
    expect(await client.text(), `The bytes of the answer, ${noText}`).toBe(whole);
    const received = seen?.received.toString('latin1');
    expect(received, `The bytes of the body, ${noText}`).toBe(body.toString('latin1'));
    expect(seen?.request.headers, 'The headers of the request').toMatchObject(headers);
    const many = [seen?.request.headers, head.headers].map((own) => String(own?.['x-many']));
    const twice = 'A header x-many was sent twice, as one and as two, by each side. What arrived';
    expect(many, twice).toEqual(['one, two', status === 204 ? 'undefined' : 'one, two']);
    const hosts = [host, new URL(upstream.origin).host];
    const yours = seen?.request.headers.host ?? '';
    const sentence = `The header host is the client's, ${host}, or the upstream's own. What the upstream got`;
    expect(hosts.includes(yours) ? 'one of them' : yours, sentence).toBe('one of them');
    const { 'x-many': _, ...once } = answered;
    expect(head.headers, 'The headers of the answer').toMatchObject(status === 204 ? empty : once);
    const kept = [seen?.request.headers, head.headers].map((own) => String(own?.['keep-alive']));
    const passedOn = kept.filter((value) => /timeout=7[89]/.test(value));
    const ofEach =
      'Each side says in keep-alive how long it keeps its own connection. What was passed on';
    expect(passedOn, ofEach).toEqual([]);
    const hops = [seen?.request.headers, head.headers].map((own) => String(own?.connection));
    const hop = 'Each side names x-hop in the header connection, for its own connection. Passed on';
    expect(
      hops.filter((value) => value.includes('x-hop')),
      hop,
    ).toEqual([]);
  }
});

test('an upstream that does not answer becomes 502', async () => {
  await using upstream = await startSlowApi({ routes: { [path]: { fail: 'destroy' } } });
  await using proxy = await serveProxy(upstream.origin);

  for (const options of [{}, { method: 'POST', body: 'hello' }]) {
    using broken = await ask(proxy.url(path), options);
    expectServerError(await broken.head(), 'a connection that broke');
  }
  using uploading = await ask(proxy.url(path), { method: 'PUT', streaming: true });
  await uploading.send('first piece').catch(() => {});
  const amid = await uploading.head().then(
    ({ status }) => (serverErrors.includes(status) ? 'such a status' : `the status ${status}`),
    () => (uploading.closed ? 'a connection that broke' : 'nothing'),
  );
  const sees =
    "The upstream's connection broke while the client was still sending its body. That becomes 502, or 500, 503 or 504. Your client saw";
  expect(amid, sees).toBe('such a status');
  const sentence =
    'A GET, a POST and a PUT came, and the upstream broke each connection. Each is sent once. What the upstream was sent';
  expect(
    upstream.traffic.requests.map(({ method }) => method),
    sentence,
  ).toEqual(['GET', 'POST', 'PUT']);
  await upstream.close();
  using refused = await ask(proxy.url(path));
  expectServerError(await refused.head(), 'an upstream that is down');
});

test('an answer that breaks off is not passed on as a whole one', async () => {
  await using upstream = await serveUpstream(({ response }) => {
    response.write(longPart);
  });
  await using proxy = await serveProxy(upstream.origin);
  using client = await ask(proxy.url(path));
  await client.read();

  upstream.visits[0]?.response.destroy();

  const end = await client.text().then(
    () => 'the end of a whole answer',
    () => (client.closed ? 'a connection that broke' : 'nothing: it still waits for the rest'),
  );
  const sentence = "The upstream's connection broke amid its answer. Your client saw";
  expect(end, sentence).toBe('a connection that broke');
});

test('a kept connection keeps no listener of the requests before', async () => {
  const { buildProxy } = await load();
  await using upstream = await startSlowApi({
    routes: { [path]: { echo: true }, '/broken': { fail: 'destroy' }, '/waits': { gate: true } },
  });
  const app = buildProxy({ upstream: upstream.origin });
  let connection: Socket | undefined;
  let connections = 0;
  app.server.on('connection', (socket) => {
    connection ??= socket;
    connections += 1;
  });
  await using proxy = await serveApp(app);
  await using kept = closing(new Client(proxy.origin));

  await askInTurn(kept.client, 2, [path]);
  const needed =
    'The upstream answered, and the client sent its next request. Connections that the client needed for 2 requests';
  expect(connections, needed).toBe(1);
  await askInTurn(kept.client, 2);
  const listenersBefore = countListeners(connection);
  await askInTurn(kept.client, 10);
  await untilOrNot(() => countListeners(connection) <= listenersBefore);

  const more = countListeners(connection) - listenersBefore;
  const sentence =
    'Listeners that 20 requests left on the connection of their client, half of them answered with 502';
  expect(more, sentence).toBeLessThanOrEqual(0);

  const waiting = kept.client.request({ path: '/waits', method: 'GET' }).catch(() => {});
  await untilOrNot(() => upstream.traffic.inFlight === 1);
  await kept.client.destroy();
  await waiting;
  await untilOrNot(() => upstream.traffic.inFlight === 0);
  const left =
    'A client had sent many requests over its connection. It left while it waited for one more. That request, as the upstream saw it';
  expect(upstream.traffic.requests.at(-1)?.outcome, left).toBe('aborted');
});

/** Who looks on a timer whether the client is still there does so as long as the client waits. */
function tellOfLooking(error: unknown): never {
  if (!(error instanceof VirtualRunawayError)) throw error;
  const sentences = [
    'Three clients wait for minutes, and your code keeps starting timers meanwhile. Does it look again and again whether they are still there?',
    error.message,
  ];
  throw new KataFailure(sentences, {
    location: error.location,
    advice: 'Do not look on a timer. An event tells when the connection of a client closes.',
  });
}

function expectServerError({ status }: { status: number }, what: string): void {
  const right = serverErrors.join(' or ');
  const yours = serverErrors.includes(status) ? right : String(status);
  expect(yours, `Your status, for ${what}`).toBe(right);
}

/** Not JSON, and not text either, whatever its type says. */
function bytesOf(method = ''): Buffer {
  return Buffer.from(`{ ${method}: \u{1F600} `).subarray(0, -2);
}

async function serveProxy(upstream: string) {
  const { buildProxy } = await load();
  return serveApp(buildProxy({ upstream }));
}

function ask(url: string, options: OpenRequestOptions = {}) {
  return openRequest(url, { ...patience, ...options });
}

/** Waits for `condition`, but not for ever: whether it came is for the test to say. */
async function untilOrNot(condition: () => boolean, options = patience): Promise<void> {
  await until(condition, 'it', options).catch(() => {});
}

/** Milliseconds as seconds, for a sentence. */
function told(ms: number): string {
  return (ms / 1000).toFixed(0);
}

/** Waits until `count` has been the same for a while. */
async function untilItStays(count: () => number): Promise<void> {
  let before: number;
  do {
    before = count();
    await untilOrNot(() => count() !== before, shortPatience);
  } while (count() !== before);
}

/** A body whose second half comes after a minute. */
function slowBody(): ReadableStream {
  return ReadableStream.from(
    (async function* () {
      yield Buffer.from('hel');
      await sleep(minute);
      yield Buffer.from('lo');
    })(),
  );
}

/** Sends pieces until no more are taken, and says how many were. */
async function sendUntilHeldUp(client: LeavingClient): Promise<number> {
  let sent = 0;
  try {
    for (; sent < tooManyPieces; sent += 1) await client.send(largePiece);
  } catch {
    // It waited for long enough.
  }
  return sent;
}

/** One request as the upstream sees it. */
interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Of its body, what has come. */
  received: Buffer;
  /** Whether its connection closed before it was answered. */
  lost: boolean;
}

/** An upstream that reads what comes, and answers by `answer`; without it, never. */
async function serveUpstream(
  answer: (visit: Visit) => unknown = ({ request }) => request.resume(),
) {
  const visits: Visit[] = [];
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    done(null, payload);
  });
  app.all('/*', ({ raw: request }, reply) => {
    reply.hijack();
    const response = reply.raw;
    const visit = { request, response, received: Buffer.alloc(0), lost: false };
    visits.push(visit);
    request.on('data', (piece: Buffer) => {
      visit.received = Buffer.concat([visit.received, piece]);
    });
    // A connection that breaks is told by `close`.
    request.on('error', () => {});
    response.on('error', () => {});
    response.once('close', () => {
      visit.lost = !response.writableFinished;
    });
    void Promise.resolve(answer(visit)).catch(() => {});
  });
  const server = await serveApp(app);
  return {
    visits,
    origin: server.origin,
    /** The methods of the requests whose connection closed, in the order of the contract. */
    get lost() {
      const methods = visits.filter(({ lost }) => lost).map(({ request }) => request.method ?? '');
      return methods.toSorted((one, other) => orderOf(one) - orderOf(other));
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const orderOf = (method: string): number => methodsWithBody.indexOf(method);

function closing(client: Client) {
  return { client, [Symbol.asyncDispose]: () => client.destroy() };
}

async function askInTurn(
  client: Client,
  times: number,
  targets = [path, '/broken'],
): Promise<void> {
  for (let call = 0; call < times; call += 1) {
    for (const target of targets) {
      const { body } = await client.request({ path: target, method: 'POST', body: 'hello' });
      await body.dump();
      await turns(5);
    }
  }
}

function countListeners(socket: Socket | undefined): number {
  const names = socket?.eventNames() ?? [];
  return names.reduce((sum, name) => sum + (socket?.listenerCount(name) ?? 0), 0);
}
