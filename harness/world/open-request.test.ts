import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { openRequest } from './open-request.ts';
import { startSlowApi } from './slow-api.ts';
import { turns } from './turns.ts';
import { until } from './until.ts';

test('a body goes piece by piece, and the answer comes part by part', async () => {
  await using api = await startSlowApi({ routes: { '/echo': { echo: true } } });
  using client = await openRequest(api.url('/echo?a=1'), { method: 'POST', streaming: true });

  await client.send('one ');
  expect(await client.readUntil('one ')).toBe('one ');
  await client.send('two ');
  expect(await client.readUntil('two ')).toBe('one two ');
  client.endBody('three');

  expect(await client.text()).toBe('one two three');
  expect(await client.head()).toMatchObject({ status: 200 });
  expect(client.label).toBe('POST /echo?a=1');
  await client.whenClosed();
});

test('a body says where it ends, with every method', async () => {
  await using server = await serve(({ headers }, response) => {
    const { 'content-length': length, 'transfer-encoding': coding } = headers;
    response.writeHead(201).end(`${length} ${coding}`);
  });
  for (const method of ['POST', 'DELETE']) {
    using whole = await openRequest(server.url, { method, body: 'café' });
    using chunked = await openRequest(server.url, { method, streaming: true });
    const headers = { 'Content-Length': 3 };
    using counted = await openRequest(server.url, { method, streaming: true, headers });

    expect(await whole.head()).toMatchObject({ status: 201 });
    expect(await whole.text()).toBe('5 undefined');
    expect(await chunked.text()).toBe('undefined chunked');
    expect(await counted.text()).toBe('3 undefined');
  }
});

test('who leaves is gone for the server, before the answer and amid it', async () => {
  await using api = await startSlowApi({
    routes: { '/before': { gate: true }, '/amid': { fail: 'stall' } },
  });
  using before = await openRequest(api.url('/before'));
  using amid = await openRequest(api.url('/amid'));
  await amid.read();
  await api.traffic.reached(2);
  before.leave();
  amid.leave();

  await until(() => api.traffic.inFlight === 0, 'both to be gone');
  expect(api.traffic.requests.map(({ outcome }) => outcome)).toEqual(['aborted', 'aborted']);
  expect(before.closed).toBe(true);
});

test('what is not read holds up the server', async () => {
  let pieces = 0;
  await using server = await serve((_request, response) => {
    const send = (): void => {
      pieces += 1;
      response.write('x'.repeat(65_536));
    };
    response.on('drain', send);
    send();
  });
  using client = await openRequest(server.url);
  await client.head();

  const heldAt = await standstill(() => pieces);
  expect(client.received).toBe('');
  while (client.received.length <= 65_536 * heldAt) await client.read();
  expect(pieces).toBeGreaterThan(heldAt);
});

test('a connection that ends too early is told with its moment', async () => {
  await using api = await startSlowApi({
    routes: { '/destroyed': { fail: 'destroy' }, '/cut': { fail: 'cut' } },
  });
  using unanswered = await openRequest(api.url('/destroyed'));
  using cut = await openRequest(api.url('/cut'));

  await expect(unanswered.head()).rejects.toMatchObject({
    kind: 'assertion',
    message: 'The connection of GET /destroyed was closed before it had answered.',
  });
  await expect(cut.text()).rejects.toThrow('closed amid the answer');
});

test('an answer that ends otherwise, or never comes, is told', async () => {
  await using api = await startSlowApi({ routes: { '/a': { body: 'abc' }, '/b': { gate: true } } });
  using other = await openRequest(api.url('/a'));
  using never = await openRequest(api.url('/b'), { limitMs: 1 });

  await expect(other.readUntil('xyz')).rejects.toThrow(
    "Expected the answer to GET /a to contain 'xyz', but it ended as 'abc'.",
  );
  await expect(never.head()).rejects.toThrow('Still waiting for the answer to GET /b');
});

/** The value at which `count` stays. */
async function standstill(count: () => number): Promise<number> {
  for (;;) {
    const before = count();
    await turns(200);
    if (count() === before) return before;
  }
}

/** A server with one listener, destroyed with its connections at the end. */
async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
