import { kataIds, readKata } from '../catalog/kata.ts';
import { selectKatas } from '../catalog/select-katas.ts';
import { showProgress } from '../report/progress-line.ts';
import { command, parseWords, UsageError } from './command.ts';

const usage = `Usage: npm run bench -- <what> [options]

  start-up                 npm test katas/03 beside a bare Vitest
      --runs <n>           runs of each (11)
  verdicts [kata ...]      every answer again and again, beside busy processes
      --verdicts <n>       how many in all (2000)
      --busy <n>           busy processes (4)
      --side-by-side <n>   how many are judged at the same time (2)
      --minutes <n>        stop after so long; the next call goes on (60)
  probe                    stalls measured beside stalls made
      --runs <n>           runs of each (20)
      --busy <n>           busy processes (0)
  autocannon               kata 21's solution beside autocannon, on one server
      --runs <n>           pairs of runs (5)
      --requests <n>       requests in each run, in hundreds (500)
  class                    a made class: each verdict beside what had to come
                           out, twice, the second run killed on its way; its
                           verdicts a minute beside a Vitest for each answer
      --students <n>       how many (30)
      --katas <katas>      such as 01-10,24 (all)
      --kills <n>          how often the second run is killed (20)
      --sample <n>         answers with a Vitest of their own (28)
      --jobs <n>           students judged at the same time (half of the
                           processors)
      --busy <n>           busy processes (0)
      --seed <n>           of the class (1)

Exit code: 0 measured, 1 a verdict was wrong or reports differ, 2 wrong usage.
`;

await command(main);

async function main(words: string[]): Promise<number> {
  const { values, positionals } = parseWords(words, {
    verdicts: { type: 'string' },
    busy: { type: 'string' },
    'side-by-side': { type: 'string' },
    minutes: { type: 'string' },
    runs: { type: 'string' },
    requests: { type: 'string' },
    students: { type: 'string' },
    katas: { type: 'string' },
    kills: { type: 'string' },
    sample: { type: 'string' },
    jobs: { type: 'string' },
    seed: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  const [what, ...more] = positionals;
  if (values.help || what === undefined) {
    process.stdout.write(usage);
    return values.help ? 0 : 2;
  }
  if (what === 'start-up') return startUp(wholeNumber('--runs', values.runs ?? '11'));
  if (what === 'verdicts') {
    return verdicts(selectKatas(more, kataIds()), {
      verdicts: wholeNumber('--verdicts', values.verdicts ?? '2000'),
      busy: wholeNumber('--busy', values.busy ?? '4'),
      sideBySide: wholeNumber('--side-by-side', values['side-by-side'] ?? '2'),
      minutes: wholeNumber('--minutes', values.minutes ?? '60'),
    });
  }
  if (what === 'probe') {
    return probe(
      wholeNumber('--runs', values.runs ?? '20'),
      wholeNumber('--busy', values.busy ?? '0'),
    );
  }
  if (what === 'autocannon') {
    return besideAutocannon(
      wholeNumber('--runs', values.runs ?? '5'),
      wholeNumber('--requests', values.requests ?? '500'),
    );
  }
  if (what === 'class') {
    const students = wholeNumber('--students', values.students ?? '30');
    if (students === 0) throw new UsageError('Expected --students to be above zero, got 0.');
    return madeClass({
      students,
      katas: selectKatas((values.katas ?? '').split(/[\s,]+/).filter(Boolean), kataIds()),
      kills: wholeNumber('--kills', values.kills ?? '20'),
      sample: wholeNumber('--sample', values.sample ?? '28'),
      jobs: wholeNumber('--jobs', values.jobs ?? '0'),
      busy: wholeNumber('--busy', values.busy ?? '0'),
      seed: wholeNumber('--seed', values.seed ?? '1'),
    });
  }
  throw new UsageError(`Expected start-up, verdicts, probe, autocannon or class, got "${what}".`);
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new UsageError(`Expected ${option} to be a whole number, got "${text}".`);
  }
  return Number(text);
}

async function startUp(wanted: number): Promise<number> {
  const { benchStartUp } = await import('../bench/bench-start-up.ts');
  const { runs, kataMs, bareMs, ratio } = await benchStartUp(wanted);
  console.log(`npm test katas/03    ${kataMs.toFixed(0)} ms (median of ${runs})`);
  console.log(`a bare vitest run    ${bareMs.toFixed(0)} ms`);
  console.log(`ratio                ${ratio.toFixed(2)}`);
  return 0;
}

async function verdicts(
  katas: readonly string[],
  options: { verdicts: number; busy: number; sideBySide: number; minutes: number },
): Promise<number> {
  const { benchVerdicts } = await import('../bench/bench-verdicts.ts');
  const figures = await benchVerdicts({
    ...options,
    katas,
    onProgress: (done, { wrong, inconclusive }) => {
      const text = `${done} of ${options.verdicts} verdicts, ${wrong.length} wrong, ${inconclusive} inconclusive`;
      showProgress(text);
      if (!process.stderr.isTTY && done % 100 === 0) process.stderr.write(`${text}\n`);
    },
  });
  showProgress('');
  const done = Object.values(figures.counts).reduce((sum, count) => sum + count, 0);
  console.log(`verdicts      ${done} over ${Object.keys(figures.counts).length} answers`);
  console.log(`wrong         ${figures.wrong.length}`);
  console.log(`inconclusive  ${figures.inconclusive}`);
  console.log(`differed      ${figures.differed}`);
  for (const { subject, problems } of figures.wrong)
    console.log(`  ${subject}: ${problems.join(' ')}`);
  for (const [kata, virtualMs] of Object.entries(figures.virtualMs)) {
    const ratio = virtualMs / figures.realMs[kata]!;
    console.log(`virtual beside real time  ${kata}  ${ratio.toFixed(0)} to 1`);
  }
  return figures.wrong.length === 0 ? 0 : 1;
}

async function madeClass({
  katas,
  ...options
}: {
  katas: readonly string[];
  students: number;
  kills: number;
  sample: number;
  jobs: number;
  busy: number;
  seed: number;
}): Promise<number> {
  const [{ benchClass }, { describeClassFigures, hasDiffered }] = await Promise.all([
    import('../bench/bench-class.ts'),
    import('../bench/describe-class-figures.ts'),
  ]);
  const figures = await benchClass({
    ...options,
    katas: katas.map((id) => readKata(id)),
    onProgress: (text) => process.stderr.write(`${text}\n`),
  });
  for (const line of describeClassFigures(figures)) console.log(line);
  return hasDiffered(figures) ? 1 : 0;
}

async function probe(runs: number, busy: number): Promise<number> {
  const { benchProbe } = await import('../bench/bench-probe.ts');
  console.log(await benchProbe({ runs, busy }));
  return 0;
}

async function besideAutocannon(pairs: number, requests: number): Promise<number> {
  const { benchAutocannon, requestsInRound } = await import('../bench/bench-autocannon.ts');
  if (pairs === 0) throw new UsageError('Expected --runs to be above zero, got 0.');
  if (requests === 0 || requests % requestsInRound !== 0) {
    throw new UsageError(
      `Expected --requests to be a multiple of ${requestsInRound}, got ${requests}.`,
    );
  }
  const figures = await benchAutocannon({ pairs, requests });
  console.log('first         p50 kata 21  autocannon  ratio   p99 kata 21  autocannon  ratio');
  for (const { first, kata, autocannon, p50Ratio, p99Ratio } of figures.pairs) {
    const p50 = compared(kata.p50Ms, autocannon.p50Ms, p50Ratio);
    const p99 = compared(kata.p99Ms, autocannon.p99Ms, p99Ratio);
    console.log(`${first.padEnd(10)}  ${p50}  ${p99}`);
  }
  for (const [name, ratio] of [
    ['p50', figures.p50Ratio],
    ['p99', figures.p99Ratio],
  ] as const) {
    const far = Math.max(ratio, 1 / ratio) > 1.2 ? 'more than 20 % apart' : 'within 20 %';
    console.log(`median ratio of ${name}  ${ratio.toFixed(2)}  ${far}`);
  }
  return 0;
}

function compared(kataMs: number, autocannonMs: number, ratio: number): string {
  return [
    `${kataMs.toFixed(1).padStart(10)} ms`,
    `${autocannonMs.toFixed(1).padStart(7)} ms`,
    ratio.toFixed(2).padStart(5),
  ].join('  ');
}
