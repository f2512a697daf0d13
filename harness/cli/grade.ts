import path from 'node:path';
import picocolors from 'picocolors';
import { readKata } from '../catalog/kata.ts';
import { messageOf } from '../catalog/message-of.ts';
import { classParts } from '../classroom/class-parts.ts';
import {
  classFolder,
  fromTyped,
  makeFolder,
  outFolder,
  verdictsFile,
} from '../classroom/command/class-folders.ts';
import { describeGraded } from '../classroom/command/describe-graded.ts';
import {
  dueOf,
  formatsOf,
  jobsOf,
  katasOf,
  usualJobs,
  usualQueuedJobs,
  weightsOf,
} from '../classroom/command/grade-options.ts';
import { exportReport, type Classroom50Context } from '../classroom/exports/export-report.ts';
import { gradeClass } from '../classroom/grade-class.ts';
import { readUtf8 } from '../classroom/intake/read-utf8.ts';
import { redisPlace } from '../classroom/queue/redis-place.ts';
import { progressShower } from '../classroom/show-progress.ts';
import { prepareJplag } from '../classroom/similarity/prepare-jplag.ts';
import { writeJplag } from '../classroom/similarity/write-jplag.ts';
import { VerdictStore } from '../classroom/store/verdict-store.ts';
import { writeReports } from '../classroom/write-reports.ts';
import { command, parseWords, UsageError } from './command.ts';

const usage = `Usage: npm run grade -- <folder> [options]

Grades a class: one folder, zip or clone for each student, as Moodle, Canvas
and GitHub give them. Only the files that a kata names are taken.

  --katas 01-10        these katas; several with commas (all)
  --weights 03=2,10=3  points of katas (1 each)
  --due <ISO time>     who handed in after it is marked as late, such as
                       2026-03-01T18:00+01:00; when that was stands in the
                       roster, never in files
  --roster <file>      CSV with id, name, email, submitted_at, folder, github
  --jobs <n>           students that are judged at the same time (half of the
                       processors)
  --out <folder>       reports and verdicts (<folder>-grades, beside it)
  --format <names>     json, table, csv, html, canvas, moodle, junit,
                       gradescope, github-classroom, classroom50, exercism
                       (json,table,csv,html)
  --canvas-gradebook <file>  exported from Canvas, for --format canvas
  --moodle-roster <file>     list of participants, for --format moodle
  --jplag <folder>     writes the answers there as JPlag takes them, a program
                       that shows which of them are alike
  --regrade            judges everything anew, and shows what changed
  --rerun-unknown      tries again what could not be judged
  --queue redis://…    puts the answers on a queue, from which
                       npm run grade:worker takes them; --jobs is then how
                       many wait there at a time (256)
  --unsafe-no-sandbox  runs answers with your rights: only for code you trust
  --help               this text

A run that was cut off goes on when the same command is given again. Verdicts
on answers that did not change are taken from the last run.

Exit code: 0 graded, 2 wrong usage, 3 could not grade (no sandbox, say).
`;

/** Nothing, or not all, could be graded, and the user can do something about it. */
const couldNotGrade = new Set(['QueueError', 'SandboxError', 'StoreError']);

class StoppedError extends Error {
  override readonly name = 'StoppedError';
  readonly code: number;

  constructor(code: number) {
    super('Stopped. What was judged is kept: the same command goes on.');
    this.code = code;
  }
}

await command(async (words) => {
  try {
    return await main(words);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'GradeUsageError') throw new UsageError(error.message);
    if (!(error instanceof StoppedError) && !couldNotGrade.has(error.name)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error instanceof StoppedError ? error.code : 3;
  }
});
// The processes of a judge may take their time to close, and there is nothing left to wait for but the last line.
process.stdout.write('', () => process.exit());

async function main(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseWords(words, {
    katas: { type: 'string' },
    weights: { type: 'string' },
    due: { type: 'string' },
    roster: { type: 'string' },
    jobs: { type: 'string' },
    out: { type: 'string' },
    format: { type: 'string' },
    'canvas-gradebook': { type: 'string' },
    'moodle-roster': { type: 'string' },
    jplag: { type: 'string' },
    queue: { type: 'string' },
    regrade: { type: 'boolean', default: false },
    'rerun-unknown': { type: 'boolean', default: false },
    'unsafe-no-sandbox': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }

  const directory = classFolder(positionals);
  const out = outFolder(directory, values.out);
  const ids = katasOf(values.katas);
  const katas = ids.map((id) => readKata(id));
  const weights = weightsOf(values.weights, ids);
  const due = values.due === undefined ? null : dueOf(values.due);
  const place = values.queue === undefined ? null : redisPlace(values.queue);
  const usual = place === null ? usualJobs() : usualQueuedJobs;
  const jobs = values.jobs === undefined ? usual : jobsOf(values.jobs);
  const formats = formatsOf(values.format);
  const canvasGradebook = textBehind('--canvas-gradebook', values['canvas-gradebook']);
  const moodleRoster = textBehind('--moodle-roster', values['moodle-roster']);
  if (formats.includes('canvas') && canvasGradebook === null) {
    throw new UsageError('Expected --canvas-gradebook <file> with --format canvas.');
  }
  const jplag =
    values.jplag === undefined ? null : prepareJplag(values.jplag, { directory, out, katas });
  const { regrade, 'unsafe-no-sandbox': unsafeNoSandbox, roster } = values;
  if (unsafeNoSandbox) {
    console.error('No sandbox: the answers run with your rights, and reach what you reach.');
  }

  makeFolder(out);
  using store = VerdictStore.open(path.join(out, verdictsFile));
  const graded = await gradeClass({
    store,
    weights,
    due,
    jobs,
    regrade,
    katas,
    parts: classParts({
      directory,
      jobs,
      unsafeNoSandbox,
      queue: place && { place, isRegrade: regrade, onNotice: notice },
      ...(roster !== undefined && { roster: fromTyped(roster) }),
    }),
    rerunUnknown: values['rerun-unknown'],
    onProgress: progressShower(process.stderr),
    onTests: (count) =>
      console.error(`Running the solutions of ${count} katas, to know what tests they have.`),
    signal: stopSignal(),
  });

  const written = mendable(() =>
    writeReports(graded.report, out, formats, {
      ...(canvasGradebook !== null && { canvasGradebook }),
      ...(moodleRoster !== null && { moodleRoster }),
      ...(formats.includes('classroom50') && { classroom50: classroom50Context() }),
    }),
  );
  const colour = picocolors.isColorSupported && process.stdout.isTTY;
  console.log(exportReport(graded.report, 'table', { colour })[0]!.text);
  for (const line of describeGraded(graded, { due, regrade })) console.log(line);
  console.log(` Reports in ${out}: ${written.join(', ')}`);
  if (jplag !== null) console.log(mendable(() => writeJplag(jplag, graded.submissions)));
  // Only now: a regrade that is killed before it was shown is shown by the next one.
  store.remember(graded.report.grades, { endsRegrade: regrade });
  return 0;
}

/** Below the line of the progress, which is written over and over. */
function notice(sentence: string): void {
  process.stderr.write(`${process.stderr.isTTY ? '\n' : ''}${sentence}\n`);
}

function textBehind(option: string, file: string | undefined): string | null {
  if (file === undefined) return null;
  try {
    return readUtf8(fromTyped(file));
  } catch (error) {
    throw new UsageError(`Expected a file behind ${option}: ${messageOf(error)}.`);
  }
}

/** What Classroom 50's runner sets. */
function classroom50Context(): Classroom50Context {
  const read = (name: string): string => process.env[name] ?? '';
  return {
    classroom: read('CLASSROOM'),
    assignment: read('ASSIGNMENT'),
    assignmentType: read('ASSIGNMENT_TYPE') as Classroom50Context['assignmentType'],
    owner: read('OWNER'),
    submission: read('SUBMISSION_TAG'),
    commit: read('COMMIT_URL'),
    release: read('RELEASE_URL'),
    review: read('REVIEW_URL'),
    datetime: new Date().toISOString(),
  };
}

/** An export whose options do not fit the class: the verdicts are kept, so that the next try takes no time. */
function mendable<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new UsageError(
      `The verdicts are kept, but the reports could not be written: ${messageOf(error)}`,
    );
  }
}

function stopSignal(): AbortSignal {
  const ending = new AbortController();
  const codes = { SIGINT: 130, SIGTERM: 143 } as const;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => ending.abort(new StoppedError(codes[name])));
  }
  return ending.signal;
}
