import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** The JavaScript of a file, or why there is none: it is no TypeScript that Node reads, or it is nested more deeply than can be read. */
export type Stripped =
  | { readonly javaScript: string }
  | { readonly javaScript: null; readonly because: 'syntax' | 'nesting' };

/** Null as long as none has stripped a file well. */
let thread: Worker | null = null;
let last: Promise<unknown> = Promise.resolve();

/**
 * Takes the types off a file that nobody trusts, as Node does: by spaces, so that lines and columns stay.
 *
 * Node's stripper is one WebAssembly program for each thread, and two thousand brackets within each other write beyond its stack: from then on
 * it fails for every file of that thread (Node 26.10). One student's file must not do that to the next one's, nor to the grader's own: so it runs in
 * a thread of its own, which is ended after such a file.
 */
export function stripForeignTypes(source: string): Promise<Stripped> {
  const own = last.then(() => strip(source));
  last = own.catch(() => {});
  return own;
}

async function strip(source: string): Promise<Stripped> {
  const worker = thread ?? new Worker(new URL('strip-worker.ts', import.meta.url));
  thread = null;
  // Whoever waits for it keeps the process alive, and nobody else does.
  worker.ref();
  worker.postMessage(source);
  const [stripped] = (await once(worker, 'message')) as [Stripped];
  worker.unref();
  if (stripped.javaScript === null && stripped.because === 'nesting') await worker.terminate();
  else thread = worker;
  return stripped;
}
