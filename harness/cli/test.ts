import { enableCompileCache } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../trace/source-location.ts';

// Before anything large is imported: it is what makes the second run start faster than a bare Vitest.
enableCompileCache(path.join(projectRoot, '.kata', 'compile-cache'));

const usage = `Usage: npm test [-- ] [kata ...]

  npm test katas/03      the verdict on one kata (03, 3, three-fetches work alike)
  npm test 01-05         several katas
  npm test               every kata, as a board

Exit code: 0 all green, 1 something is red or could not be judged, 2 wrong usage.
KATAS_FROM=<folder or file> judges an answer that lies elsewhere.
`;

const exitCode = await main(process.argv.slice(2));
// Vitest would take its time to close, and there is nothing left to wait for but the last line.
process.stdout.write('', () => process.exit(exitCode));

async function main(words: string[]): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({
      args: words,
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    return wrongUsage((error as Error).message);
  }
  if (parsed.values.help) {
    process.stdout.write(usage);
    return 0;
  }

  const [{ kataIds, readKata }, { selectKatas, UnknownKataError }] = await Promise.all([
    import('../catalog/kata.ts'),
    import('../catalog/select-katas.ts'),
  ]);
  let ids;
  try {
    ids = selectKatas(parsed.positionals, kataIds());
  } catch (error) {
    if (error instanceof UnknownKataError) return wrongUsage(error.message);
    throw error;
  }

  const [{ KataSession }, { reportBoard, reportKata }] = await Promise.all([
    import('../runner/kata-session.ts'),
    import('../report/terminal-report.ts'),
  ]);
  const session = await KataSession.open(readKata(ids[0]!));
  const results = [];
  for (const id of ids) {
    const result = await session.run(readKata(id), {
      submission: process.env['KATAS_FROM'] ?? null,
    });
    results.push(result);
    if (ids.length > 1) progress(results.length, ids.length);
  }
  console.log(results.length === 1 ? reportKata(results[0]!) : reportBoard(results));
  return results.every((result) => result.verdict === 'pass') ? 0 : 1;
}

function wrongUsage(message: string): number {
  process.stderr.write(`${message}\n`);
  return 2;
}

function progress(done: number, all: number): void {
  if (process.stderr.isTTY)
    process.stderr.write(done === all ? '\r\u001B[K' : `\r ${done} of ${all} katas`);
}
