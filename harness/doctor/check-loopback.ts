import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { messageOf } from '../catalog/message-of.ts';
import type { Finding } from './finding.ts';

/** Tells whether a server on this machine can be reached from this machine; only tests name another address. */
export async function checkLoopback(host = '127.0.0.1'): Promise<Finding> {
  const name = 'network';
  const server = createServer((socket) => socket.end('here'));
  try {
    await once(server.listen(0, host), 'listening');
    const { port } = server.address() as AddressInfo;
    // A firewall that drops what comes in would let it wait for ever.
    const signal = AbortSignal.timeout(10_000);
    const socket = connect({ port, host });
    try {
      await once(socket, 'data', { signal });
    } finally {
      socket.destroy();
    }
    return { name, state: 'ok', text: `a server on ${host} can be reached` };
  } catch (error) {
    return {
      name,
      state: 'wrong',
      text: `a server on ${host} cannot be reached: ${messageOf(error)}`,
      advice: 'Many katas start one. Let your firewall, or the sandbox you work in, allow it.',
    };
  } finally {
    server.close();
  }
}
