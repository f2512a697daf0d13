import { once } from 'node:events';
import { connect } from 'node:net';
import { Client } from 'undici';
import {
  expect,
  kata,
  KataFailure,
  openRequest,
  random,
  startProgram,
  test,
  until,
  WorldError,
} from '#harness';
import type { ChildProgram, LeavingClient, UntilOptions } from '#harness';

const load = kata(() => import('./graceful-shutdown.ts'));

/** Looks, a millisecond apart at least: for what every program does, however slow the machine, and for what a wrong one never does. */
const patience = { limitMs: 7000, idleMs: 2000 };
const shortPatience = { limitMs: 1000 };
/** Starting a process takes long where many others want the CPU. */
const otherProcess = { limitMs: 30_000 };
/** The time of the program passes by hand, so that no figure hangs on the machine. */
const drainMs = random().int(20_000, 60_000);
/** Within so many milliseconds the program does what it need not wait for. */
const soonMs = 500;
/** Lines on the fate of jobs, of the pool and of the database. */
const becameOfWork = /^(job \w+ (?!has begun)|the (pool|database) (begins to close|is closed)$)/;

test(
  'a request in flight at SIGTERM gets its 200, and the exit code is 0',
  async () => {
    await using server = await startServer();
    const id = random().nonce();
    using request = await server.askForReport(id);

    await server.terminate();
    server.stillRuns('one request');
    server.finish(`report ${id}`);

    expect(await server.answerTo(request)).toMatchObject({ status: 200 });
    expect(JSON.parse(await request.text())).toEqual({ id, letters: id.length });
    await server.endsWell();
  },
  otherProcess,
);

test(
  'refuses new connections from SIGTERM on',
  async () => {
    await using server = await startServer();
    await server.startJob('a');
    using _request = await server.askForReport('slow');

    await server.terminate();

    const sentence =
      'Whether new connections are refused, while a job and a request of before SIGTERM still go on';
    expect(await refusesConnections(server.origin), sentence).toBe(true);
    server.stillRuns('one job and one request');
    server.finish('job a');
    server.finish('report slow');
    await server.endsWell();
  },
  otherProcess,
);

test(
  'kept-alive connections are used again, and do not hold it',
  async () => {
    await using server = await startServer();
    await using idle = keptAlive(server.origin);
    await using busy = keptAlive(server.origin);
    const before = [await idle.get('/healthz'), await busy.get('/healthz')];
    expect(before, 'The answers before SIGTERM').toEqual([200, 200]);
    const report = busy.get('/reports/last');
    await server.line('report last is asked for');

    await server.terminate();
    server.stillRuns('one request');
    server.finish('report last');

    expect(await report, 'The answer after SIGTERM, over a connection of before').toBe(200);
    expect(busy.connections, 'Connections that a client needed for two requests').toBe(1);
    // Node's own time limits for connections are real time: setting one of a second is right too.
    const what = 'your program to end, while a client keeps its connection open';
    await server.endsWell(what, { limitMs: 2000 });
  },
  otherProcess,
);

test(
  'an event stream is ended, and not cut off',
  async () => {
    await using server = await startServer();
    await server.startJob('a');
    using _request = await server.askForReport('slow');
    const { limitMs } = shortPatience;
    using stream = await openRequest(`${server.origin}/events`, { limitMs });
    await stream.readUntil('welcome');

    await server.terminate();
    server.stillRuns('one job and one request');
    server.finish('report slow');
    server.finish('job a');
    // Ended at SIGTERM, or only when the last request has its answer: both are right.
    await server.letPass(soonMs);
    const events = await stream.text().catch((error: unknown) => {
      const open = error instanceof WorldError && error.kind === 'hang';
      throw open
        ? new KataFailure(
            `Expected the stream to end after SIGTERM, but it is open, and for ${soonMs} ms no job and no request has gone on.`,
          )
        : error;
    });

    expect(events, 'What came over the stream').toContain('goodbye');
    await server.endsWell('your program to end, after a client had an event stream');
  },
  otherProcess,
);

test(
  'jobs may run until drainMs are over, and are aborted then',
  async () => {
    await using server = await startServer();
    await server.startJob('quick');
    await server.startJob('slow');
    // The time before SIGTERM does not count.
    await server.advance(drainMs);

    await server.terminate();
    await server.advance(drainMs - 1 - soonMs);
    const before = `What became of jobs, pool and database ${1 + soonMs} ms before drainMs had passed since SIGTERM (which came drainMs after the start)`;
    expect(server.told(becameOfWork), before).toEqual([]);
    server.finish('job quick');
    await server.line('job quick is done');
    // One job has ended, and the other one still has its time, and what it uses.
    await server.advance(soonMs);
    const oneLeft =
      'What became of jobs, pool and database 1 ms before drainMs had passed, with job slow still going on';
    expect(server.told(becameOfWork), oneLeft).toEqual(['job quick is done']);
    await server.advance(1 + soonMs);

    await server.isAborted('slow');
    await server.endsWell();
  },
  otherProcess,
);

test(
  'an aborted job can tidy up before the pool closes',
  async () => {
    // No time is a time too: the jobs are aborted at once.
    await using server = await startServer(0);
    await server.startJob('a');

    await server.terminate();
    await server.advance(soonMs);
    await server.isAborted('a', 'drainMs is 0 here, ');
    await server.hasTidiedUp('a');
    await server.endsWithin(
      soonMs,
      `your program to end within ${soonMs} ms after job a has tidied up`,
    );

    server.hasClosedInOrder('What was closed after the abort');
  },
  otherProcess,
);

test(
  'drainMs run from SIGTERM on, also while a request is in flight',
  async () => {
    await using server = await startServer();
    await server.startJob('a');
    using request = await server.askForReport('long');

    await server.terminate();
    await server.advance(drainMs + soonMs);

    await server.isAborted('a', 'a request is still in flight, ');
    await server.hasTidiedUp('a');
    await server.advance(soonMs);
    server.stillRuns('one request');
    server.finish('report long');
    const sentence = 'The answer to a request that was in flight when the jobs were aborted';
    expect(await server.answerTo(request), sentence).toMatchObject({ status: 200 });
    await server.endsWell();
  },
  otherProcess,
);

test(
  'a request is answered, also when drainMs are over',
  async () => {
    await using server = await startServer();
    using quick = await server.askForReport('quick');
    using request = await server.askForReport('long');

    await server.terminate();
    server.finish('report quick');
    const first = await server.answerTo(quick);
    expect(first, 'The answer of two that came first').toMatchObject({ status: 200 });
    await server.advance(3 * drainMs);
    server.stillRuns('one request');
    server.finish('report long');

    const late = await server.answerTo(request);
    expect(late, 'The answer after three times drainMs').toMatchObject({ status: 200 });
    await server.endsWell();
  },
  otherProcess,
);

test(
  'the pool is closed before the database begins to close',
  async () => {
    await using server = await startServer();

    await server.terminate();
    await server.endsWell();

    server.hasClosedInOrder('What was closed');
  },
  otherProcess,
);

test(
  'ends as soon as there is nothing left to wait for',
  async () => {
    await using server = await startServer();
    await server.startJob('a');
    using request = await server.askForReport('first');

    await server.terminate();
    server.finish('report first');
    await server.answerTo(request);
    await request.text();
    await server.turns();
    server.finish('job a');
    await server.line('job a is done');

    const what = `your program to end within ${soonMs} ms after its last request and its last job (it has ${drainMs} ms for jobs, and needs them no more)`;
    await server.endsWithin(soonMs, what);
  },
  otherProcess,
);

test(
  'a second SIGTERM ends it at once',
  async () => {
    await using server = await startServer();
    await server.startJob('a');
    using _request = await server.askForReport('long');

    await server.terminate();
    server.stillRuns('one job and one request');
    server.signal();

    // With which exit code is up to the answer.
    await server.ends('your program to end at a second SIGTERM');
    const sentence = 'What your program still waited for after the second SIGTERM';
    expect(
      server.told(/^(job \w+ has tidied up|the (pool|database) is closed)$/),
      sentence,
    ).toEqual([]);
  },
  otherProcess,
);

/** The learner's server in a process of its own, whose time passes by hand. */
async function startServer(drain = drainMs) {
  await using started = new AsyncDisposableStack();
  const program = started.use(
    startProgram(import.meta.resolve('./main.ts'), { args: [String(drain)], clock: 'by hand' }),
  );
  // A file that cannot be loaded is told by its line.
  await load();
  const line = await program.line(/^listening at /, 'your program to listen', patience);
  const origin = line.replace('listening at ', '').replace(/\/$/, '');
  const owned = started.move();
  return {
    origin,
    ...controls(program, origin),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function controls(program: ChildProgram, origin: string) {
  const told = (fits: string | RegExp) =>
    program.lines.filter((line) => (typeof fits === 'string' ? line === fits : fits.test(line)));
  const line = (text: string, missing?: string) => {
    const what = `the line "${text}" from your program`;
    return seen(program, () => told(text).length > 0, what, shortPatience, missing);
  };
  const advance = (ms: number) => program.advance(ms, patience);
  const ends = async (what: string, limit: UntilOptions = patience) => {
    await seen(program, () => program.exit !== null, what, limit);
    return program.exit!;
  };

  /** Turns of its loop, until it has surely acted on what has happened. No time passes. */
  const turns = async () => {
    for (let look = 0; look < 20; look += 1) await advance(0);
  };

  /** Gives it time in small steps: it may look again and again whether it can go on. */
  const letPass = async (ms: number) => {
    for (let step = 0; step < 10 && !(await endsNow(program)); step += 1) await advance(ms / 10);
  };
  const endsWithin = async (ms: number, what: string) => {
    await letPass(ms);
    expectZero(program, await ends(what));
  };

  const stillRuns = (work: string) => {
    if (program.exit === null) return;
    expect.fail(`Your program ended ${howItEnded(program)}, with ${work} still going on.`);
  };

  return {
    told,
    line,
    advance,
    turns,
    ends,
    letPass,
    endsWithin,
    signal: () => program.signal('SIGTERM'),
    finish: (work: string) => program.send(`finish ${work}`),
    /** Sends SIGTERM, and waits until the program has surely acted on it. */
    terminate: async () => {
      program.signal('SIGTERM');
      await turns();
    },
    stillRuns,
    /** Status and headers. A program that ends closes the connection, too: which of both is seen first says nothing. */
    answerTo: async (request: LeavingClient) => {
      try {
        return await request.head();
      } catch (error) {
        await until(() => program.exit !== null, 'its end', shortPatience).catch(() => {});
        stillRuns('one request');
        throw error;
      }
    },
    /** Ends with exit code 0, however long it waits: a test of its own asks for that. */
    endsWell: async (
      what = 'your program to end, now that nothing is left to do',
      limit: UntilOptions = patience,
    ) => {
      for (let step = 0; step < 10 && !(await endsNow(program)); step += 1) await advance(soonMs);
      await advance(2 * drainMs);
      expectZero(program, await ends(what, limit));
    },
    isAborted: (id: string, meanwhile = '') =>
      line(
        `job ${id} is aborted`,
        `drainMs have passed since SIGTERM, ${meanwhile}and job ${id} was not aborted.`,
      ),
    hasClosedInOrder: (sentence: string) => {
      expect(told(/^the (pool|database) (begins to close|is closed)$/), sentence).toEqual([
        'the pool begins to close',
        'the pool is closed',
        'the database begins to close',
        'the database is closed',
      ]);
    },
    hasTidiedUp: async (id: string) => {
      const tidied = () => told(/tid(y|ied) up/);
      await seen(program, () => tidied().length > 0, `job ${id} to tidy up after its abort`);
      const sentence = 'What the job did after it was aborted';
      expect(tidied(), sentence).toEqual([`job ${id} has tidied up`]);
    },
    startJob: async (id: string) => {
      using request = await openRequest(`${origin}/jobs/${id}`, { method: 'POST' });
      expect(await request.head()).toMatchObject({ status: 202 });
      await line(`job ${id} has begun`);
    },
    askForReport: async (id: string) => {
      const request = await openRequest(`${origin}/reports/${id}`);
      await line(`report ${id} is asked for`);
      return request;
    },
  };
}

/** Waits for what the program does, or for its end: then it will never do it. */
async function seen(
  program: ChildProgram,
  condition: () => boolean,
  what: string,
  limit: UntilOptions = shortPatience,
  missing = `Expected ${what}, but it still waits for something.`,
): Promise<void> {
  await until(() => condition() || program.exit !== null, what, limit).catch(() => {});
  if (condition()) return;
  if (program.exit) expect.fail(`Expected ${what}, but it ended ${howItEnded(program)}.`);
  expect.fail(missing);
}

async function endsNow(program: ChildProgram): Promise<boolean> {
  await until(() => program.exit !== null, 'the end', { limitMs: 20 }).catch(() => {});
  return program.exit !== null;
}

function expectZero(program: ChildProgram, { code }: { code: number | null }): void {
  if (code !== 0) expect.fail(`Your program ended ${howItEnded(program)}, not with exit code 0.`);
}

function howItEnded({ exit, stderr }: ChildProgram): string {
  const end = exit?.signal ? `by ${exit.signal}` : `with exit code ${exit?.code}`;
  const words = /^\w*Error\b.*$/m.exec(stderr)?.[0];
  return words === undefined ? end : `${end} ("${words}")`;
}

/** A client that keeps its one connection open. Without a threshold it would not use one again that the server keeps for two seconds at most. */
function keptAlive(origin: string) {
  const client = new Client(origin, { keepAliveTimeout: 600_000, keepAliveTimeoutThreshold: 0 });
  const counter = { connections: 0 };
  client.on('connect', () => (counter.connections += 1));
  return {
    get connections() {
      return counter.connections;
    },
    /** The status of the answer; the error, where there is none. */
    get: async (path: string) => {
      try {
        const { statusCode, body } = await client.request({ method: 'GET', path });
        await body.text();
        return statusCode;
      } catch (error) {
        return `no answer (${String(error)})`;
      }
    },
    [Symbol.asyncDispose]: () => client.destroy(),
  };
}

/** Whether connections come to be refused: those that the system took before the end count for nothing. */
async function refusesConnections(origin: string): Promise<boolean> {
  const { hostname, port } = new URL(origin);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const socket = connect(Number(port), hostname);
    const error = await once(socket, 'connect').then(
      () => null,
      (failure: NodeJS.ErrnoException) => failure,
    );
    socket.destroy();
    if (error?.code === 'ECONNREFUSED') return true;
  }
  return false;
}
