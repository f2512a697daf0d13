import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readKata } from '../catalog/kata.ts';
import { prepareSubmission } from '../submission/prepare-submission.ts';
import type { DemoAnswer, DemoQuestion } from './demo-server.ts';

/** The demo's server could not start. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}

/** A running demo. */
export interface Demo extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string;
  /** The longest time in milliseconds for which the event loop of any of its processes stood still, since this was asked last. */
  takeLongestStall(): Promise<number>;
  /** Resolves when the server has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

/**
 * Serves kata 28's solution on loopback, in a process of its own, so that what blocks it blocks nobody else.
 *
 * @param options.port 0 takes any that is free.
 * @param options.processes how many processes share the port; 1 unless told.
 * @throws {DemoError} where it cannot listen.
 */
export async function startDemo(options: { port?: number; processes?: number }): Promise<Demo> {
  const kata = readKata('28-sync-vs-async');
  // Only there do the answer's files lie beside those that the kata gives.
  const folder = prepareSubmission(kata, 'solutions');
  const server = fork(
    fileURLToPath(new URL('demo-server.ts', import.meta.url)),
    [path.join(folder, kata.files[0]!), String(options.port ?? 0), String(options.processes ?? 1)],
    { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  const ended = once(server, 'exit').then(() => {});
  const takeAnswer = async (): Promise<DemoAnswer> => {
    const died = ended.then(() => [{ problem: 'its process ended' }]);
    const [answer] = (await Promise.race([once(server, 'message'), died])) as [DemoAnswer];
    return answer;
  };

  const first = await takeAnswer();
  if (!('url' in first)) {
    server.kill();
    const reason = 'problem' in first ? first.problem : 'it gave no address';
    throw new DemoError(`The demo cannot be served: ${reason}.`);
  }
  return {
    url: first.url,
    ended,
    takeLongestStall: async () => {
      const answered = takeAnswer();
      server.send({ ask: 'stall' } satisfies DemoQuestion);
      const answer = await answered;
      if (!('stallMs' in answer)) throw new DemoError('The demo ended while it was measured.');
      return answer.stallMs;
    },
    [Symbol.asyncDispose]: async () => {
      server.kill('SIGKILL');
      await ended;
    },
  };
}
