import type {
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  OutgoingHttpHeaders,
} from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { until } from './until.ts';
import { WorldError } from './world-error.ts';

// By name, the import would load Node's own undici as well, which takes 30 ms.
const { request: startRequest } = process.getBuiltinModule('node:http');

/** What is asked for, and how. */
export interface OpenRequestOptions {
  /** GET where it is not given. */
  readonly method?: string;
  /** `connection: close` unless it is given here: a client with `connection: keep-alive` stays when it was answered. */
  readonly headers?: OutgoingHttpHeaders;
  /** The whole body, sent at once with its length. */
  readonly body?: string | Uint8Array;
  /** The body is sent piece by piece, by `send` and `endBody`; chunked unless `content-length` is given. */
  readonly streaming?: boolean;
  /** In which encoding the answer is read; utf8 where it is not given. */
  readonly encoding?: BufferEncoding;
  /** How long a wait goes on, in looks of `until`; 5000 by default. What did not come by then is told in a sentence. */
  readonly limitMs?: number;
}

/** Status and headers of an answer. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/**
 * A client with one request on a connection of its own: it may send its body slowly, read the answer part by part or not at all, and
 * leave at any moment.
 *
 * What it does not read stays where it is, so that a server that does not wait for its client shows.
 */
export class LeavingClient {
  /** As in "GET /events". */
  readonly label: string;
  #socket: Socket;
  #request: ClientRequest;
  #limitMs: number;
  #response: IncomingMessage | null = null;
  #parts: AsyncIterator<string> | null = null;
  #received = '';
  #failure: unknown = null;

  /** Made by {@link openRequest}. */
  constructor(target: URL, socket: Socket, options: OpenRequestOptions) {
    const { method = 'GET', body, streaming = false, encoding = 'utf8' } = options;
    this.label = `${method} ${target.pathname}${target.search}`;
    this.#socket = socket;
    this.#limitMs = options.limitMs ?? 5000;
    this.#request = startRequest(target, {
      method,
      headers: { ...framing(options), ...options.headers },
      createConnection: () => socket,
    });
    this.#request.on('response', (response) => {
      // A connection that breaks amid the answer is told to who reads.
      response.on('error', () => {});
      response.setEncoding(encoding);
      this.#response = response;
    });
    this.#request.on('error', (error) => {
      this.#failure ??= error;
    });
    if (!streaming) this.#request.end(body);
    else this.#request.flushHeaders();
  }

  /** Everything of the answer's body that was read until now. */
  get received(): string {
    return this.#received;
  }

  /** Whether the connection is over, whoever ended it. */
  get closed(): boolean {
    return this.#socket.destroyed;
  }

  /** Bytes of the request that the other side's system has taken. */
  get bytesSent(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength;
  }

  /** Sends a piece of the body, and waits until it has left: while the server does not read, it cannot. */
  async send(piece: string | Uint8Array): Promise<void> {
    let left = false;
    this.#request.write(piece, (error) => {
      left = !error;
    });
    await this.#until(() => left || this.closed, 'the server to take a piece of the body');
    if (!left) throw this.#lost('before it had taken the body');
  }

  /** The body is complete, with `piece` as its last. */
  endBody(piece?: string | Uint8Array): void {
    this.#request.end(piece);
  }

  /**
   * Waits for status and headers of the answer.
   *
   * @throws {WorldError} 'assertion' if the connection ended before, 'hang' if nothing came in time.
   */
  async head(): Promise<AnswerHead> {
    await this.#until(() => this.#response !== null || this.closed, `the answer to ${this.label}`);
    if (this.#response === null) throw this.#lost('before it had answered');
    const { statusCode: status = 0, headers } = this.#response;
    return { status, headers };
  }

  /**
   * The next part of the answer's body, as it came; null at its end.
   *
   * @throws {WorldError} 'assertion' if the connection ended before, 'hang' if nothing came in time.
   */
  async read(): Promise<string | null> {
    await this.head();
    this.#parts ??= this.#response![Symbol.asyncIterator]() as AsyncIterator<string>;
    const next = this.#parts.next();
    let settled = false;
    const note = (): void => {
      settled = true;
    };
    next.then(note, note);
    await this.#until(() => settled, `the next part of the answer to ${this.label}`);
    const { done, value } = await next.catch((error: unknown) => {
      this.#failure ??= error;
      throw this.#lost('amid the answer');
    });
    if (done) return null;
    this.#received += value;
    return value;
  }

  /**
   * Reads until what was received contains `text`, and gives all that was received.
   *
   * @throws {WorldError} 'assertion' if the answer ended without it, 'hang' if it did not come in time.
   */
  async readUntil(text: string): Promise<string> {
    while (!this.#received.includes(text)) {
      if ((await this.read()) === null) {
        throw new WorldError(
          `Expected the answer to ${this.label} to contain '${text}', but it ended as '${shortened(this.#received)}'.`,
          { kind: 'assertion' },
        );
      }
    }
    return this.#received;
  }

  /** Reads to the end, and gives all that was received. */
  async text(): Promise<string> {
    while ((await this.read()) !== null);
    return this.#received;
  }

  /** Waits until the connection is over, whoever ends it. */
  async whenClosed(): Promise<void> {
    await this.#until(() => this.closed, `the connection of ${this.label} to close`);
  }

  /** The client goes, whatever was sent and answered. A second call changes nothing. */
  leave(): void {
    this.#request.destroy();
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.leave();
  }

  #until(condition: () => boolean, what: string): Promise<void> {
    return until(condition, what, { limitMs: this.#limitMs });
  }

  #lost(moment: string): WorldError {
    return new WorldError(`The connection of ${this.label} was closed ${moment}.`, {
      kind: 'assertion',
      cause: this.#failure,
    });
  }
}

/**
 * Opens a connection to `url` and sends a request over it.
 *
 * @throws {WorldError} 'assertion' if nobody listens there; the system's error is its `cause`.
 * @example
 * using client = await openRequest(server.url('/upload'), { method: 'POST', streaming: true });
 * await client.send('first piece');
 * await until(() => api.traffic.inFlight === 1, 'the request to arrive');
 * client.leave();
 */
export async function openRequest(
  url: string,
  options: OpenRequestOptions = {},
): Promise<LeavingClient> {
  const target = new URL(url);
  const socket = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
  const errors: Error[] = [];
  socket.on('error', (error) => errors.push(error));
  const { limitMs = 5000 } = options;
  await until(() => !socket.connecting, `a connection to ${target.host}`, { limitMs });
  if (socket.destroyed) {
    throw new WorldError(
      `Expected ${target.host} to take a connection, but it did not: ${errors[0]?.message}.`,
      { kind: 'assertion', cause: errors[0] },
    );
  }
  return new LeavingClient(target, socket, options);
}

/** How the server knows where the body ends: by itself, Node says so only for methods that usually have one. */
function framing({ body, streaming, headers = {} }: OpenRequestOptions): OutgoingHttpHeaders {
  if (body !== undefined) return { 'content-length': Buffer.byteLength(body) };
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  return streaming && !names.includes('content-length') ? { 'transfer-encoding': 'chunked' } : {};
}

function shortened(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
