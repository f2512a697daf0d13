import diagnosticsChannel from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import { real } from '../trace/real-time.ts';

interface Account {
  readonly role: 'client' | 'server';
  /** Null until it is connected. Kept, because each is asked for in every look at all sockets. */
  ports: Ports | null;
  /** What had been read when something was last written; null while nothing has been written. */
  readAtLastWrite: number | null;
  writtenAt: number;
  /** How often somebody has looked since the last write. */
  looks: number;
}

/** The ports of both ends, as this end and as its peer name them. */
interface Ports {
  readonly own: string;
  readonly peer: string;
}

/** Node's stream handle: undocumented, but the only place that tells whether a socket is being read. */
interface Handle {
  readonly reading?: boolean;
}

// Neither keeps a socket alive: one that was destroyed can hold megabytes that were still to be written.
const accounts = new WeakMap<Socket, Account>();
const references = new Set<WeakRef<Socket>>();
let pruneAt = 64;

/**
 * Keeps account of every TCP socket of this thread, from the process's first: a kept-alive socket outlives a clock.
 * It adds no listener, so that nobody who counts listeners finds one too many.
 */
export function trackSockets(): void {
  const follow = (role: Account['role']) => (message: unknown) => {
    prune();
    const socket: unknown = Reflect.get(Object(message), 'socket');
    if (!(socket instanceof Socket)) return;
    accounts.set(socket, { role, ports: null, readAtLastWrite: null, writtenAt: 0, looks: 0 });
    references.add(new WeakRef(socket));
  };
  diagnosticsChannel.subscribe('net.client.socket', follow('client'));
  diagnosticsChannel.subscribe('net.server.socket', follow('server'));
  noteWrites();
}

/** Why time may not move for the sockets' sake: a connection being made, bytes on their way, an answer owed. */
export function socketsInFlight(limits: { peerMs: number; peerLooks: number }): string | null {
  const open = openSockets();
  if (open.length === 0) return null;
  if (open.some(([socket]) => socket.connecting)) return 'a connection that is being opened';
  const byPorts = socketsByPorts(open);
  for (const [socket, account] of open) {
    const peer = byPorts.get(portsOf(socket, account).peer);
    if (!peer && owesAnswer(socket, account, limits)) {
      return `an answer from ${socket.remoteAddress}:${socket.remotePort}, outside this thread`;
    }
    if (peer && isRead(peer) && socket.bytesWritten > peer.bytesRead) {
      return `bytes on their way to port ${socket.remotePort}`;
    }
  }
  return null;
}

/** Whether `handle` writes to a socket of this thread that nobody reads: such a write ends when its reader wants. */
export function isHeldBackByReader(handle: unknown): boolean {
  const open = openSockets();
  const byPorts = socketsByPorts(open);
  const writer = open.find(([socket]) => handleOf(socket) === handle);
  const peer = writer && byPorts.get(portsOf(...writer).peer);
  return peer !== undefined && !isRead(peer);
}

/** One sentence for each client's socket of this thread that has sent something and got nothing back since. */
export function unansweredRequests(): string[] {
  return openSockets()
    .filter(([socket, account]) => account.role === 'client' && awaitsAnswer(socket, account))
    .map(([socket]) => `what was sent to port ${socket.remotePort} has not been answered`);
}

// Every write of a socket passes here, `end(data)` included, which does not pass `write`.
function noteWrites(): void {
  const original: unknown = Reflect.get(Socket.prototype, '_writeGeneric');
  if (typeof original !== 'function') return;
  const noting = function (this: Socket, ...parameters: unknown[]): unknown {
    const account = accounts.get(this);
    if (account) {
      account.readAtLastWrite = this.bytesRead;
      account.writtenAt = real.now();
      account.looks = 0;
    }
    return Reflect.apply(original, this, parameters);
  };
  Reflect.set(Socket.prototype, '_writeGeneric', noting);
}

function openSockets(): [Socket, Account][] {
  const open: [Socket, Account][] = [];
  for (const reference of references) {
    const socket = reference.deref();
    if (socket === undefined || socket.destroyed) references.delete(reference);
    else open.push([socket, accounts.get(socket)!]);
  }
  return open;
}

function socketsByPorts(open: readonly [Socket, Account][]): Map<string, Socket> {
  return new Map(open.map(([socket, account]) => [portsOf(socket, account).own, socket]));
}

function portsOf(socket: Socket, account: Account): Ports {
  if (account.ports !== null) return account.ports;
  const { localPort, remotePort } = socket;
  const ports = { own: `${localPort}:${remotePort}`, peer: `${remotePort}:${localPort}` };
  if (localPort !== undefined && remotePort !== undefined) account.ports = ports;
  return ports;
}

function isRead(socket: Socket): boolean {
  return handleOf(socket)?.reading === true;
}

function handleOf(socket: Socket): Handle | null {
  const handle: Handle | null = Reflect.get(socket, '_handle');
  return handle;
}

function awaitsAnswer(socket: Socket, account: Account): boolean {
  return account.readAtLastWrite !== null && socket.bytesRead <= account.readAtLastWrite;
}

/** Only a client is owed an answer. A stalled machine stalls the peer as well: so milliseconds alone do not end it. */
function owesAnswer(
  socket: Socket,
  account: Account,
  limits: { peerMs: number; peerLooks: number },
): boolean {
  if (account.role === 'server' || !awaitsAnswer(socket, account)) return false;
  account.looks += 1;
  return account.looks < limits.peerLooks || real.now() - account.writtenAt < limits.peerMs;
}

function prune(): void {
  if (references.size < pruneAt) return;
  pruneAt = Math.max(64, openSockets().length * 2);
}
