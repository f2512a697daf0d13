import { once } from 'node:events';
import { readKatas } from '../catalog/kata.ts';
import { openJudge } from '../classroom/class-parts.ts';
import { jobsOf, usualJobs } from '../classroom/command/grade-options.ts';
import { QueueWorker } from '../classroom/queue/queue-worker.ts';
import { checkRedis, redisPlace } from '../classroom/queue/redis-place.ts';
import { harnessHasher } from '../classroom/store/harness-hash.ts';
import { command, parseWords, UsageError } from './command.ts';

const usage = `Usage: npm run grade:worker -- --queue redis://host:6379 [options]

Judges answers that npm run grade -- <folder> --queue … has put on a queue. Run
it on as many machines as you like, each from the same checkout with the same
Node: a worker takes no job of another harness.

  --queue <address>    the Redis server, redis:// or rediss:// (TLS)
  --jobs <n>           answers that are judged at the same time (half of the
                       processors)
  --unsafe-no-sandbox  runs answers with your rights: only for code you trust,
                       and only for runs that were told the same
  --help               this text

SIGTERM or Ctrl-C drains it: it ends what it judges, takes nothing new, and
exits. A second one ends it at once; its answers go to another worker then.

Exit code: 0 drained, 2 wrong usage, 3 could not start (no sandbox, say).
`;

/** It could not start, and the user can do something about it. */
const couldNotStart = new Set(['QueueError', 'SandboxError']);

await command(async (words) => {
  try {
    return await main(words);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'GradeUsageError') throw new UsageError(error.message);
    if (!couldNotStart.has(error.name)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 3;
  }
});
// The processes of a judge may take their time to close, and there is nothing left to wait for but the last line.
process.stdout.write('', () => process.exit());

async function main(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseWords(words, {
    queue: { type: 'string' },
    jobs: { type: 'string' },
    'unsafe-no-sandbox': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (positionals.length > 0) {
    throw new UsageError(`Expected options only, got "${positionals.join(' ')}".`);
  }
  if (values.queue === undefined) {
    throw new UsageError('Expected the address of a Redis server behind --queue.');
  }
  const place = redisPlace(values.queue);
  const jobs = values.jobs === undefined ? usualJobs() : jobsOf(values.jobs);
  const unsafeNoSandbox = values['unsafe-no-sandbox'];
  if (unsafeNoSandbox) {
    console.error('No sandbox: the answers run with your rights, and reach what you reach.');
  }
  // Before the sandbox is tried, which takes longer.
  await checkRedis(place);

  const stopped = stopSignal();
  const judge = await openJudge({ jobs, unsafeNoSandbox });
  try {
    if (stopped.aborted) return 0;
    const worker = await QueueWorker.start({
      place,
      judge,
      jobs,
      katas: readKatas(),
      harnessOf: harnessHasher({ sandbox: !unsafeNoSandbox }),
      say: (sentence) => console.log(sentence),
    });
    if (!stopped.aborted) await once(stopped, 'abort');
    console.log(`Stopping: ${worker.counts.active} jobs are still judged, no other is taken.`);
    await worker.close();
    console.log(`Stopped after ${worker.counts.done} jobs.`);
  } finally {
    await judge.close();
  }
  return 0;
}

/** Aborted by the first signal; a second one ends the process. */
function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  let stoppedAt = 0;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      // npm sends on what the terminal has sent to both: that is still the first.
      if (stopping.signal.aborted && performance.now() - stoppedAt > 2000) process.exit(1);
      if (stopping.signal.aborted) return;
      stoppedAt = performance.now();
      stopping.abort();
    });
  }
  return stopping.signal;
}
