import { currentTrace } from '../trace/trace.ts';
import type { Span, SpanOutcome } from '../trace/span.ts';
import { Gate } from './gate.ts';

/** How a request ended: answered (whatever the status), broken off by the server, or left by the client. */
export type RequestOutcome = 'open' | 'done' | 'failed' | 'aborted';

/** One request as the server saw it. Times are milliseconds of the current trace. */
export interface TrafficRecord {
  readonly method: string;
  /** With its query, if it had one. */
  readonly path: string;
  readonly startedAt: number;
  /** Null while it is open. */
  readonly endedAt: number | null;
  readonly outcome: RequestOutcome;
  /** The body that was served, or as much as was to be; null before, and for one that was echoed. */
  readonly body: string | null;
}

/** A request that is being served. */
export interface OpenRequest {
  readonly record: TrafficRecord;
  /** Notes the body that is served. */
  serve(body: string): void;
  /** Ends the request now; a second call changes nothing. */
  end(outcome: Exclude<RequestOutcome, 'open'>): void;
}

const spanOutcomes = {
  open: 'open',
  done: 'done',
  failed: 'failed',
  aborted: 'cancelled',
} as const satisfies Record<RequestOutcome, SpanOutcome>;

/** What a server saw: how many requests came, how many were open at once, and each of them. */
export class Traffic {
  #requests: TrafficRecord[] = [];
  #inFlight = 0;
  #peak = 0;
  #awaited = new Set<{ readonly count: number; readonly arrival: Gate }>();

  /** How many requests are being served now. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The most that were ever served at once. */
  get peak(): number {
    return this.#peak;
  }

  /** How many requests came. */
  get hits(): number {
    return this.#requests.length;
  }

  /** Every request, in the order in which they came. */
  get requests(): readonly TrafficRecord[] {
    return this.#requests;
  }

  /** The requests for `path`, whatever their query. */
  of(path: string): readonly TrafficRecord[] {
    return this.#requests.filter((request) => withoutQuery(request.path) === path);
  }

  /**
   * The body that was last served for `path`.
   *
   * @throws {RangeError} if none was served.
   */
  bodyOf(path: string): string {
    const body = this.of(path).findLast((request) => request.body !== null)?.body;
    if (body === undefined || body === null) {
      throw new RangeError(
        `Expected ${path} to have been asked for, but nothing was served there.`,
      );
    }
    return body;
  }

  /** Resolves as soon as `count` requests are in flight at once. An abort rejects with the signal's reason. */
  async reached(count: number, options: { signal?: AbortSignal } = {}): Promise<void> {
    if (this.#inFlight >= count) return;
    const arrival = new Gate();
    const entry = { count, arrival };
    this.#awaited.add(entry);
    try {
      await arrival.wait(options);
    } finally {
      this.#awaited.delete(entry);
    }
  }

  /** Notes that a request came; it is in flight until it is ended. */
  begin(request: { method?: string; path: string }): OpenRequest {
    const { method = 'GET', path } = request;
    const span = currentTrace().begin(label({ method, path }), 'request');
    const record: { -readonly [Key in keyof TrafficRecord]: TrafficRecord[Key] } = {
      method,
      path,
      startedAt: now(),
      endedAt: null,
      outcome: 'open',
      body: null,
    };
    this.#requests.push(record);
    this.#inFlight += 1;
    this.#peak = Math.max(this.#peak, this.#inFlight);
    for (const { count, arrival } of this.#awaited) if (this.#inFlight >= count) arrival.open();
    return {
      record,
      serve: (body) => {
        record.body = body;
      },
      end: (outcome) => {
        if (record.outcome !== 'open') return;
        record.endedAt = now();
        record.outcome = outcome;
        this.#inFlight -= 1;
        span.end(spanOutcomes[outcome]);
      },
    };
  }

  /** Counts `work` as one request named `path`: for an upstream that is a plain function. */
  async track<T>(path: string, work: () => T | Promise<T>): Promise<T> {
    const request = this.begin({ method: 'CALL', path });
    try {
      const value = await work();
      request.end('done');
      return value;
    } catch (error) {
      request.end('failed');
      throw error;
    }
  }
}

/** How a timeline shows a request that was recorded elsewhere. */
export function spanOf(request: TrafficRecord): Span {
  const { startedAt: start, endedAt: end, outcome } = request;
  return {
    label: label(request),
    kind: 'request',
    start,
    end,
    outcome: spanOutcomes[outcome],
    where: null,
  };
}

export function withoutQuery(path: string): string {
  return path.replace(/\?.*$/s, '');
}

/** Rounded to a thousandth, so that the difference of two virtual times is the whole number that it is. */
function now(): number {
  return Math.round(currentTrace().now() * 1000) / 1000;
}

function label({ method, path }: Pick<TrafficRecord, 'method' | 'path'>): string {
  return `${method} ${path}`;
}
