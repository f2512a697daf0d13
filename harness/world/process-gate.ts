import { createServer, connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/**
 * A gate at which other processes wait until this one opens it, and say their number when they come.
 *
 * @example
 * await using gate = await startProcessGate();
 * const task = pool.run({ do: 'gate', port: gate.port });
 * await until(() => gate.entered === 1, 'a process at the gate');
 * process.kill(gate.pids[0]!, 'SIGKILL');
 * gate.open();
 */
export class ProcessGate implements AsyncDisposable {
  /** The process of each one who came until now, in that order. */
  readonly pids: number[] = [];
  #server: Server;
  #waiting = new Set<Socket>();
  #opened = false;

  /** Made by {@link startProcessGate}. */
  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#meet(socket));
  }

  /** Where `passProcessGate` finds it. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many came until now. */
  get entered(): number {
    return this.pids.length;
  }

  /** Lets everybody through, now and later. */
  open(): void {
    this.#opened = true;
    for (const socket of this.#waiting) socket.end();
  }

  /** Opens it, so that nobody waits on after the test, and closes its server. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.open();
    for (const socket of this.#waiting) socket.destroy();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  #meet(socket: Socket): void {
    this.#waiting.add(socket);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      text += part;
      if (!text.endsWith('\n')) return;
      this.pids.push(Number(text));
      // Ended only now: otherwise who comes late would pass without being counted.
      if (this.#opened) socket.end();
    });
    // Who is killed at the gate leaves without a word.
    socket.on('error', () => {});
    socket.on('close', () => this.#waiting.delete(socket));
  }
}

/** Puts up a gate, on a free port of 127.0.0.1. */
export async function startProcessGate(): Promise<ProcessGate> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return new ProcessGate(server);
}

/** In any process: waits until the gate at `port` is open, or gone. The event loop is free meanwhile. */
export function passProcessGate(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => socket.write(`${process.pid}\n`));
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
  });
}
