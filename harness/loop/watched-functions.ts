import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import type * as sqliteModule from 'node:sqlite';
import zlib from 'node:zlib';

// Kept from before an answer is loaded: where nobody trusts it, the process gives no module after that.
const getBuiltinModule = process.getBuiltinModule.bind(process);

/** Functions that return only when their work is done, and the object that a program looks them up on. */
export interface WatchedFunctions {
  readonly owner: object;
  readonly names: readonly string[];
  /** What a message puts before the name; empty for a function that is imported by its bare name. */
  readonly prefix: string;
}

/** Functions in which a thread sleeps, for as long as somebody else takes. */
export function waitingFunctions(): WatchedFunctions[] {
  return [
    { owner: Atomics, names: ['wait'], prefix: 'Atomics.' },
    { owner: childProcess, names: synchronous(childProcess), prefix: '' },
    { owner: fs, names: synchronous(fs), prefix: '' },
    ...databaseFunctions(),
  ];
}

/** Functions of Node and of the language that compute, for as long as their input is large, in no line of their own. */
export function computingFunctions(): WatchedFunctions[] {
  return [
    { owner: JSON, names: ['parse', 'stringify'], prefix: 'JSON.' },
    { owner: globalThis, names: ['structuredClone'], prefix: '' },
    { owner: crypto, names: synchronous(crypto), prefix: '' },
    { owner: crypto.Hash.prototype, names: ['update'], prefix: 'hash.' },
    { owner: Array.prototype, names: ['sort', 'toSorted'], prefix: 'array.' },
    { owner: zlib, names: synchronous(zlib), prefix: '' },
  ];
}

/** Functions that may last for ever, and that nobody can interrupt from outside. */
export function uninterruptibleFunctions(): WatchedFunctions[] {
  return [
    { owner: childProcess, names: synchronous(childProcess), prefix: '' },
    { owner: crypto, names: synchronous(crypto), prefix: '' },
    // The others of `fs` are called too often, and end.
    { owner: fs, names: ['readFileSync'], prefix: '' },
    ...databaseFunctions(),
  ];
}

function databaseFunctions(): WatchedFunctions[] {
  // Missing where Node was built without SQLite.
  const sqlite = getBuiltinModule('node:sqlite') as typeof sqliteModule | undefined;
  if (!sqlite) return [];
  return [
    { owner: sqlite.DatabaseSync.prototype, names: ['exec'], prefix: 'database.' },
    { owner: sqlite.StatementSync.prototype, names: ['all', 'get', 'run'], prefix: 'statement.' },
  ];
}

function synchronous(module: object): string[] {
  return Object.keys(module).filter((name) => name.endsWith('Sync'));
}
