import type { Caller } from './caller.ts';

/** Real work that virtual time waits for, in words that complete "waiting for …", and who asked for it where known. */
export interface WorkInFlight {
  readonly what: string;
  readonly caller: Caller | null;
}
