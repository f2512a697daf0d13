import { kataIds, readKata } from '../catalog/kata.ts';
import { selectKatas } from '../catalog/select-katas.ts';
import { failedChecks, reportEnd, reportStep } from '../verify/report-steps.ts';
import { readySteps, runSteps } from '../verify/run-steps.ts';
import { command, parseWords, UsageError } from './command.ts';
import type { StepReport } from '../verify/check.ts';
import { showProgress } from '../report/progress-line.ts';
import { changedKatas } from '../verify/changed-katas.ts';
import { fullSteps, runMatrix, steps } from '../verify/steps.ts';

const usage = `Usage: npm run verify -- [options] [kata ...]

Without a kata: all of them, with a few answers to each, and every answer to
those that have changed. With some, the steps "files" and "catalogue" are about
these alone, and judge every answer to them.

  --all             every answer to every kata, every test of the harness, and
                    the checks that need more than \`npm ci\` brings; it
                    implies --fresh
  --fresh           judge answers too that have not changed since they were
                    judged well; so it is under CI=true
  --only <step>     one step; may be given several times
  --matrix <kata>   which test of a kata rejects which wrong answer
  --help            this text

Steps:
${[...steps, ...fullSteps].map(({ name, title }) => `  ${name.padEnd(16)}  ${title}`).join('\n')}

Exit code: 0 all passed, 1 something failed, 2 wrong usage. The last line is
"N passed, N failed". Under CI=true, --all fails where a check cannot run.
`;

await command(main);

async function main(words: string[]): Promise<number> {
  const { values, positionals } = parseWords(words, {
    all: { type: 'boolean' },
    fresh: { type: 'boolean' },
    only: { type: 'string', multiple: true },
    matrix: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (values.matrix !== undefined) return showMatrix(values.matrix);
  const { only = [], all = false, fresh = false } = values;
  const katas = selectKatas(positionals, kataIds());
  const everyAnswer = all || positionals.length > 0;
  const wholeKatas = (everyAnswer ? null : changedKatas()) ?? new Set(katas);
  return verify({ only, all, fresh, katas, wholeKatas });
}

async function verify(options: {
  only: readonly string[];
  all: boolean;
  fresh: boolean;
  katas: readonly string[];
  wholeKatas: ReadonlySet<string>;
}): Promise<number> {
  const { only, all, katas, wholeKatas } = options;
  const known = [...steps, ...fullSteps];
  const unknown = only.find((name) => known.every((step) => step.name !== name));
  if (unknown !== undefined) {
    const names = known.map(({ name }) => name).join(', ');
    throw new UsageError(`There is no step "${unknown}". Steps: ${names}.`);
  }

  const ci = !['', 'false', '0'].includes(process.env['CI'] ?? '');
  const wanted = (name: string): boolean => only.length === 0 || only.includes(name);
  // Naming a step with --only asks for it as much as --all does.
  const full = fullSteps.filter(({ name }) => (all || only.includes(name)) && wanted(name));
  const chosen = [
    ...steps.filter(({ name }) => wanted(name)),
    ...(await readySteps(full, { mustHaveAll: ci || only.length > 0 })),
  ];

  const running = new Map<string, string>();
  const outcomes = await runSteps(
    chosen,
    { katas, wholeKatas, all, fresh: options.fresh || all || ci },
    {
      onProgress: (step, text) => {
        running.set(step.title, text);
        showProgress([...running].map(([title, how]) => `${title} ${how}`).join(', '));
      },
      onEnd: (outcome) => {
        running.delete(outcome.step.title);
        showProgress('');
        console.log(reportStep(outcome));
      },
    },
  );
  return end(outcomes);
}

async function showMatrix(word: string): Promise<number> {
  const [id, ...more] = selectKatas([word], kataIds());
  if (id === undefined || more.length > 0) {
    throw new UsageError(`Expected --matrix to name one kata, got "${word}".`);
  }
  const report = await runMatrix(readKata(id), {
    katas: [id],
    wholeKatas: new Set([id]),
    all: false,
    fresh: true,
    onProgress: (text) => showProgress(text),
  });
  showProgress('');
  console.log(report.text);
  return end([report]);
}

function end(reports: readonly StepReport[]): number {
  console.log(reportEnd(reports));
  return failedChecks(reports.flatMap(({ checks }) => checks)).length > 0 ? 1 : 0;
}
