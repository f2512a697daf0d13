import { statSync } from 'node:fs';
import path from 'node:path';
import { startPage } from '../page/start-page.ts';
import { command, parseWords, UsageError } from './command.ts';

const usage = `Usage: npm start [-- --port <n>] [--katas <folder>]

Serves a page on this machine: the katas, your file, the verdict on every
save, the timeline. Ctrl+C ends it.
      --port <n>        the port (4100; the next one where it is taken)
      --katas <folder>  answers that lie elsewhere, in a folder like katas/
`;

await command(async (words) => {
  const { values, positionals } = parseWords(words, {
    port: { type: 'string' },
    katas: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (positionals.length > 0) {
    throw new UsageError(`Expected no word but options, got "${positionals.join(' ')}".`);
  }

  await using page = await startPage({
    port: portOf(values.port ?? '4100'),
    answers: folderOf(values.katas ?? process.env['KATAS_FROM'] ?? null),
  });
  if (page.takenPort !== null) console.log(` Port ${page.takenPort} is taken.`);
  console.log(` The page is at ${page.url}  (Ctrl+C ends it)`);
  await stopped();
  return 0;
});
process.stdout.write('', () => process.exit());

function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      // Vitest's own listeners would end the process with the exit code of the last red run.
      process.removeAllListeners(signal);
      process.once(signal, () => resolve());
    }
  });
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`Expected --port to be a whole number from 0 to 65535, got "${text}".`);
}

function folderOf(text: string | null): string | null {
  if (text === null) return null;
  const folder = path.resolve(text);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  throw new UsageError(
    `Expected a folder of answers, built like katas/; there is none at ${folder}.`,
  );
}
