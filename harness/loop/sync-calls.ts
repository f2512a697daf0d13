import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type * as sqliteModule from 'node:sqlite';
import { getCallSites } from 'node:util';
import zlib from 'node:zlib';
import { blamedFrame, ownerOf, type SourceLocation } from '../trace/source-location.ts';
import { realNow } from './real-time.ts';

/** One call of a function that returns only when its work is done. Times are those of `realNow`. */
export interface SyncCall {
  readonly callee: string;
  readonly from: number;
  readonly to: number;
  /** How much of that time the thread did not compute. */
  readonly asleepMs: number;
  /** The nearest line of the learner's, else of the spec's, that made the call. */
  readonly location: SourceLocation | null;
}

/** Shorter calls are not kept: nobody holds the loop for 40 ms by a few of them, and a stack costs time. */
const SHORTEST_MS = 0.5;
const FRAMES = 60;

/** Watches synchronous calls until it is disposed of. */
export class SyncCallTrace implements Disposable {
  readonly calls: SyncCall[] = [];
  #restore: (() => void)[] = [];
  #depth = 0;

  constructor() {
    for (const [owner, names] of watchedFunctions()) {
      for (const name of names) this.#watch(owner, name);
    }
    // Named imports of built-in modules follow only after this.
    syncBuiltinESMExports();
  }

  /** Time asleep in the calls between two moments of `realNow`, in milliseconds. */
  asleepMs(from: number, to: number): number {
    return this.calls
      .filter((call) => call.from >= from && call.to <= to)
      .reduce((sum, call) => sum + call.asleepMs, 0);
  }

  [Symbol.dispose](): void {
    for (const restore of this.#restore) restore();
    this.#restore = [];
    syncBuiltinESMExports();
  }

  #watch(owner: object, name: string): void {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name);
    const original: unknown = descriptor?.value;
    if (typeof original !== 'function' || !descriptor?.configurable) return;
    // A proxy keeps the name, the properties and the identity of `this`.
    const watched = new Proxy(original, {
      apply: (target, self, args: unknown[]) =>
        this.#timed(name, () => Reflect.apply(target, self, args) as unknown),
    });
    Object.defineProperty(owner, name, { ...descriptor, value: watched });
    this.#restore.push(() => Object.defineProperty(owner, name, descriptor));
  }

  #timed(name: string, call: () => unknown): unknown {
    // Only the call that the program made counts, not those which that one makes.
    if (this.#depth > 0) return call();
    this.#depth += 1;
    const from = realNow();
    const cpuBefore = process.threadCpuUsage();
    try {
      return call();
    } finally {
      this.#depth -= 1;
      const to = realNow();
      if (to - from >= SHORTEST_MS) this.#keep(name, from, to, cpuBefore);
    }
  }

  #keep(name: string, from: number, to: number, cpuBefore: NodeJS.CpuUsage): void {
    const { user, system } = process.threadCpuUsage(cpuBefore);
    const asleepMs = Math.max(0, to - from - (user + system) / 1000);
    this.calls.push({ ...callerOf(name), from, to, asleepMs });
  }
}

/** Begins to watch synchronous calls. */
export function traceSyncCalls(): SyncCallTrace {
  return new SyncCallTrace();
}

function callerOf(name: string): Pick<SyncCall, 'callee' | 'location'> {
  const frames = getCallSites(FRAMES).map((site) => ({
    file: site.scriptName,
    line: site.lineNumber,
    column: site.columnNumber,
    functionName: site.functionName || '(anonymous)',
  }));
  const location = blamedFrame(frames);
  // `text.replace(pattern)` ends in `exec`, yet the program called `replace`: a built-in frame next to the line knows.
  const inner = location ? frames[frames.indexOf(location) - 1] : undefined;
  const builtIn = inner?.file === '' && ownerOf(inner.file) === 'node' ? inner.functionName : null;
  return { callee: builtIn ?? name, location };
}

/** Every function that is known to return late, with the object that it is looked up on. */
function watchedFunctions(): [owner: object, names: string[]][] {
  const modules = [fs, childProcess, zlib, crypto];
  const synchronous = modules.map((module): [object, string[]] => [
    module,
    Object.keys(module).filter((name) => name.endsWith('Sync')),
  ]);
  return [
    ...synchronous,
    ...databaseFunctions(),
    [Atomics, ['wait']],
    [JSON, ['parse', 'stringify']],
    [RegExp.prototype, ['exec', 'test']],
    [crypto.Hash.prototype, ['update']],
    [globalThis, ['structuredClone']],
  ];
}

function databaseFunctions(): [owner: object, names: string[]][] {
  // Nothing where Node was built without SQLite.
  const sqlite = process.getBuiltinModule('node:sqlite') as typeof sqliteModule | undefined;
  if (!sqlite) return [];
  return [
    [sqlite.DatabaseSync.prototype, ['exec']],
    [sqlite.StatementSync.prototype, ['all', 'get', 'run']],
  ];
}
