import { writeFileSync } from 'node:fs';
import { benchDemo } from '../demo/bench-demo.ts';
import { drawSvg, drawTable } from '../demo/draw-figures.ts';
import { isLoopback } from '../demo/loopback.ts';
import { startDemo } from '../demo/start-demo.ts';
import { command, parseWords, UsageError } from './command.ts';

const usage = `Usage: npm run demo -- [options]
       npm run demo:bench -- [options]

npm run demo serves the endpoints of kata 28 on this machine, with a page that
lists them and shows how long the event loop stands still.
      --port <n>           the port (3000)
      --processes <n>      server processes that share it (1)

npm run demo:bench sends a hundred requests at once to /test/sync, /test/async,
/async/bad-blocking and /async/wrap-blocking, and prints what came of it.
      --requests <n>       requests to each path (100)
      --concurrency <n>    how many at the same time (100)
      --processes <n>      server processes (1)
      --url <address>      measure your own server instead
      --i-own-this-server  allow an address that is not on this machine
      --json               the figures as JSON
      --svg <file>         draw them into a file too

Exit code: 0 done, 2 wrong usage.
`;

await command(main);

async function main(words: string[]): Promise<number> {
  const { values, positionals } = parseWords(words, {
    port: { type: 'string' },
    processes: { type: 'string' },
    requests: { type: 'string' },
    concurrency: { type: 'string' },
    url: { type: 'string' },
    'i-own-this-server': { type: 'boolean' },
    json: { type: 'boolean' },
    svg: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const processes = wholeNumber('--processes', values.processes ?? '1', 1, 64);
  const [what, ...more] = positionals;
  if (more.length > 0 || (what !== undefined && what !== 'bench')) {
    throw new UsageError(`Expected no word but options, got "${positionals.join(' ')}".`);
  }
  if (what === undefined) {
    return serve(wholeNumber('--port', values.port ?? '3000', 0, 65_535), processes);
  }

  const requests = wholeNumber('--requests', values.requests ?? '100', 1, 100_000);
  const concurrency = wholeNumber('--concurrency', values.concurrency ?? '100', 1, 1000);
  const load = { requests, concurrency };
  if (values.url === undefined) {
    await using demo = await startDemo({ processes });
    const takeLongestStall = (): Promise<number> => demo.takeLongestStall();
    // Awaited here: the demo ends with this block.
    return await measure({ url: demo.url, takeLongestStall, ...load }, values);
  }
  return measure(
    { url: ownServer(values.url, values['i-own-this-server'] ?? false), ...load },
    values,
  );
}

async function serve(port: number, processes: number): Promise<number> {
  await using demo = await startDemo({ port, processes });
  console.log(`The demo is at ${demo.url}. Ctrl-C ends it.`);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await Promise.race([stopped, demo.ended]);
  return 0;
}

async function measure(
  options: Parameters<typeof benchDemo>[0],
  { json, svg }: { json?: boolean | undefined; svg?: string | undefined },
): Promise<number> {
  const figures = await benchDemo({
    ...options,
    onProgress: (path) => process.stderr.write(`${path} …\n`),
  });
  if (svg !== undefined) writeFileSync(svg, drawSvg(figures));
  if (json) {
    console.log(JSON.stringify(figures, null, 2));
    return 0;
  }
  console.log(`${options.requests} requests, ${options.concurrency} at the same time\n`);
  console.log(drawTable(figures));
  console.log(
    '\nstall: the longest time for which the event loop stood still.\nhealthz: the longest wait for an answer of /healthz meanwhile.',
  );
  return 0;
}

function ownServer(text: string, isOwn: boolean): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UsageError(`Expected --url to be an http address, got "${text}".`);
  }
  const url = new URL(text);
  if (!isLoopback(url) && !isOwn) {
    throw new UsageError(
      `${url.host} is not this machine. A benchmark is an attack on a server that is not yours: say --i-own-this-server if it is.`,
    );
  }
  return url.href.replace(/\/$/, '');
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(
      `Expected ${option} to be a whole number from ${least} to ${most}, got "${text}".`,
    );
  }
  return value;
}
