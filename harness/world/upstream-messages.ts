import type { Connections } from './slow-api.ts';
import type { SlowRoutes } from './slow-route.ts';
import type { TrafficRecord } from './traffic.ts';

/** What an upstream's worker is started with. */
export interface UpstreamOptions {
  readonly routes: SlowRoutes;
  readonly seed: number;
}

/** What it can be asked. Every question gets exactly one answer, so that a virtual clock can count what is owed. */
export type UpstreamQuestion =
  | { readonly ask: 'start' }
  | { readonly ask: 'traffic' }
  | { readonly ask: 'open'; readonly path: string }
  | { readonly ask: 'reached'; readonly inFlight: number }
  | { readonly ask: 'stop' };

/** What an upstream saw up to the moment it was asked. */
export interface UpstreamTraffic {
  /** Requests in flight now, the most there were at once, and how many came. */
  readonly inFlight: number;
  readonly peak: number;
  readonly hits: number;
  readonly requests: readonly TrafficRecord[];
  readonly connections: Connections;
}

/** The answer of each question. */
export interface UpstreamAnswers {
  start: { readonly origin: string };
  traffic: UpstreamTraffic & {
    /** The machine's monotonic time, in ms, at which the worker's records count zero. */
    readonly zeroAt: number;
  };
  open: null;
  reached: null;
  stop: null;
}
