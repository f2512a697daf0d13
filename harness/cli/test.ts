import { kataIds, readKata } from '../catalog/kata.ts';
import { selectKatas } from '../catalog/select-katas.ts';
import { command, parseWords } from './command.ts';

const usage = `Usage: npm test [-- ] [kata ...]

  npm test katas/03      the verdict on one kata (03, 3, three-fetches work alike)
  npm test 01-05         several katas
  npm test               every kata, as a board

Exit code: 0 all green, 1 something is red or could not be judged, 2 wrong usage.
KATAS_FROM=<folder or file> judges an answer that lies elsewhere.
`;

await command(async (words) => {
  const { values, positionals } = parseWords(words, { help: { type: 'boolean', short: 'h' } });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }

  const katas = selectKatas(positionals, kataIds()).map((id) => readKata(id));
  // First of all: what takes longest is what that process loads.
  const { startFirstProcess } = await import('../runner/first-process.ts');
  const first = startFirstProcess(katas[0]);
  const { KataSession } = await import('../runner/kata-session.ts');
  const session = await KataSession.open(first);
  const submission = process.env['KATAS_FROM'] ?? null;
  const results = [];
  // Loaded while the first kata runs.
  const reporting = Promise.all([
    import('../report/terminal-report.ts'),
    import('../learner/progress.ts'),
    import('../report/progress-line.ts'),
  ]);
  const say = (text: string): Promise<void> =>
    reporting.then(([, , { showProgress }]) => showProgress(text));
  for (const kata of katas) {
    const before = katas.length > 1 ? ` ${results.length} of ${katas.length} katas, then` : '';
    let tests = 0;
    const onTest = (): void => {
      tests += 1;
      void say(`${before} kata ${kata.number}: ${tests} tests judged`);
    };
    const result = await session.run(kata, { submission, onTest });
    if (submission === null) (await reporting)[1].rememberVerdict(kata, result);
    results.push(result);
  }
  await say('');
  const [{ reportBoard, reportKata }] = await reporting;
  console.log(results.length === 1 ? reportKata(results[0]!) : reportBoard(results));
  return results.every((result) => result.verdict === 'pass') ? 0 : 1;
});
// Vitest would take its time to close, and there is nothing left to wait for but the last line.
process.stdout.write('', () => process.exit());
