import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import type * as sqliteModule from 'node:sqlite';
import zlib from 'node:zlib';

/** Functions that return only when their work is done, and the object that a program looks them up on. */
export interface WatchedFunctions {
  readonly owner: object;
  readonly names: readonly string[];
  /** What a message puts before the name; empty for a function that is imported by its bare name. */
  readonly prefix: string;
  /** Whether the thread may sleep in them; else they compute. */
  readonly mayWait: boolean;
}

/** Functions in which a thread sleeps for as long as somebody else takes. */
export function waitingFunctions(): WatchedFunctions[] {
  // Missing where Node was built without SQLite.
  const sqlite = process.getBuiltinModule('node:sqlite') as typeof sqliteModule | undefined;
  const database = sqlite && [
    { owner: sqlite.DatabaseSync.prototype, names: ['exec'], prefix: 'database.', mayWait: true },
    {
      owner: sqlite.StatementSync.prototype,
      names: ['all', 'get', 'run'],
      prefix: 'statement.',
      mayWait: true,
    },
  ];
  return [
    { owner: Atomics, names: ['wait'], prefix: 'Atomics.', mayWait: true },
    { owner: childProcess, names: synchronous(childProcess), prefix: '', mayWait: true },
    { owner: fs, names: synchronous(fs), prefix: '', mayWait: true },
    ...(database ?? []),
  ];
}

/** Functions of Node and of the language that compute for as long as their input is large, with no line of their own. */
export function computingFunctions(): WatchedFunctions[] {
  return [
    { owner: JSON, names: ['parse', 'stringify'], prefix: 'JSON.', mayWait: false },
    { owner: globalThis, names: ['structuredClone'], prefix: '', mayWait: false },
    { owner: crypto, names: synchronous(crypto), prefix: '', mayWait: false },
    { owner: crypto.Hash.prototype, names: ['update'], prefix: 'hash.', mayWait: false },
    { owner: zlib, names: synchronous(zlib), prefix: '', mayWait: false },
  ];
}

function synchronous(module: object): string[] {
  return Object.keys(module).filter((name) => name.endsWith('Sync') && name !== 'DatabaseSync');
}
