import { readState } from '../learner/learner-state.ts';
import { nextKata } from '../learner/progress.ts';
import { openJudge } from './judge.ts';
import { learnerFolder } from './learner-folder.ts';
import { listen } from './listen.ts';
import { buildPage } from './page-server.ts';

/** A page that is served. */
export interface Page extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string;
  /** The port that was asked for, where another one had to be taken; else null. */
  readonly takenPort: number | null;
}

/**
 * Serves the page on loopback.
 *
 * @param options.port the first port to try; 0 takes any that is free.
 * @param options.answers absolute path of another folder of answers; null is the checkout's own `katas/`.
 * @throws {PortError} where no port is free near the one that was asked for.
 */
export async function startPage(options: { port: number; answers: string | null }): Promise<Page> {
  const folder = learnerFolder(options.answers);
  const answers = folder.katas.map((kata) => folder.answerTo(kata));
  const first = nextKata(answers, readState(folder.stateFile)) ?? answers[0]!;
  const judge = await openJudge(folder.submission, first);
  const app = buildPage(folder, judge);
  try {
    const port = await listen(app, options.port);
    // What a first request would have to load and compile is there before it.
    await app.inject({ url: `/katas/${first.id}`, headers: { host: `127.0.0.1:${port}` } });
    return {
      url: `http://127.0.0.1:${port}`,
      takenPort: options.port === 0 || port === options.port ? null : options.port,
      [Symbol.asyncDispose]: async () => {
        await app.close();
        await judge[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await judge[Symbol.asyncDispose]();
    throw error;
  }
}
