import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { ClassReport } from '../classroom/grade-report.ts';
import { VerdictStore } from '../classroom/store/verdict-store.ts';
import { solutionsDirectory } from '../catalog/kata.ts';
import { runCommand } from './fixtures/run-command.ts';

const program = fileURLToPath(new URL('main.js', import.meta.url));

/** What Node is started with to grade kata 03. */
function wordsFor(directory: string): string[] {
  return [program, 'grade', directory, '--katas', '03'];
}

/** A folder with a class of three in it: a right answer to kata 03, a refused one, and none. */
function madeClass(): { directory: string; grades: string } {
  const place = mkdtempSync(path.join(tmpdir(), 'grade-'));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const directory = path.join(place, 'class');
  for (const student of ['ada', 'bob', 'cy']) {
    mkdirSync(path.join(directory, student, '03-three-fetches'), { recursive: true });
  }
  const main = '03-three-fetches/three-fetches.ts';
  cpSync(path.join(solutionsDirectory, main), path.join(directory, 'ada', main));
  writeFileSync(path.join(directory, 'bob', main), 'export const fetchAll = eval("null");\n');
  return { directory, grades: path.join(place, 'class-grades') };
}

function grade(...words: string[]) {
  return runCommand(['grade', ...words]);
}

function verdictsIn(grades: string): string[] {
  const report = JSON.parse(readFileSync(path.join(grades, 'report.json'), 'utf8')) as ClassReport;
  return report.grades.map(({ student, verdict }) => `${student} ${verdict}`);
}

function hasSandbox(): boolean {
  try {
    execFileSync('bwrap', ['--ro-bind', '/', '/', '--unshare-all', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('npm run grade -- --help tells its use in 80 columns', () => {
  const { status, stdout } = grade('--help');

  expect(status).toBe(0);
  expect(stdout).toMatch(/^Usage: npm run grade -- <folder>/);
  expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test.each([
  [[], 'Expected the folder of a class.'],
  [['/nowhere/class'], 'Expected a folder with what the class handed in'],
  [['katas', '--katas', '99'], 'There is no kata "99".'],
  [['katas', '--katas', '03', '--weights', '04=2'], 'Expected --weights of katas that are graded'],
  [['katas', '--due', '2026-03-01'], 'Expected --due to be a time such as'],
  [['katas', '--jobs', 'many'], 'Expected --jobs to be a whole number'],
  [['katas', '--out', 'katas/grades'], "Expected --out to be outside the class's folder"],
  [['katas', '--format', 'pdf'], 'There is no format "pdf".'],
  [['katas', '--format', 'canvas'], 'Expected --canvas-gradebook <file> with --format canvas.'],
  [['katas', '--moodle-roster', '/nowhere'], 'Expected a file behind --moodle-roster'],
  [['katas', '--jplag', 'katas/jplag'], "Expected --jplag to be apart from the class's folder"],
  [['katas', '--fast'], "Unknown option '--fast'"],
])('%j is wrong usage, told in one line', (words, message) => {
  const { status, stdout, stderr } = grade(...words);

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr.trimEnd()).not.toContain('\n');
});

test('a roster that cannot be used is wrong usage', () => {
  const { directory } = madeClass();

  const { status, stderr } = grade(directory, '--roster', path.join(directory, 'none.csv'));

  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('roster') });
});

test('a machine without the sandbox grades nothing, with a sentence that names what is missing', () => {
  const { directory, grades } = madeClass();

  const run = () =>
    execFileSync(process.execPath, wordsFor(directory), {
      encoding: 'utf8',
      stdio: 'pipe',
      env: { PATH: '/nowhere' },
    });

  expect(run).toThrow(
    expect.objectContaining({
      status: 3,
      stdout: '',
      stderr: expect.stringMatching(/Nothing was graded\. With --unsafe-no-sandbox/),
    }),
  );
  expect(existsSync(path.join(grades, 'report.json'))).toBe(false);
});

test('a class that another run is grading is left alone', () => {
  const { directory, grades } = madeClass();
  mkdirSync(grades);
  using _other = VerdictStore.open(path.join(grades, 'verdicts.sqlite'));

  const { status, stderr } = grade(directory, '--katas', '03');

  expect(status).toBe(3);
  expect(stderr).toMatch(/^Another run is grading into /);
});

test.skipIf(!hasSandbox() && !process.env['CI'])(
  'a class is graded, known at the second run, and judged anew by --regrade',
  () => {
    const { directory, grades } = madeClass();

    const first = grade(directory, '--katas', '03', '--weights', '03=2');
    const second = grade(directory, '--katas', '03', '--format', 'csv');
    const regraded = grade(directory, '--katas', '03', '--regrade');

    expect(first).toMatchObject({ status: 0, stderr: expect.stringContaining('3 of 3 graded') });
    expect(first.stdout).toContain(' 2 answers, of which 2 were judged now');
    expect(verdictsIn(grades)).toEqual(['ada pass', 'bob refused', 'cy missing']);
    expect(second.stdout).toContain(' 2 answers, of which 0 were judged now');
    expect(regraded.stdout).toContain(' 2 answers, of which 2 were judged now');
    expect(regraded.stdout).toContain(' Nothing changed since the last report.');
  },
);

test('--jplag writes what was handed in, whatever its verdict, and tells how to compare it', () => {
  const { directory } = madeClass();
  const jplag = `${directory}-jplag`;

  const words = [directory, '--katas', '03', '--unsafe-no-sandbox', '--jplag', jplag];
  const { status, stdout } = grade(...words);

  expect(status).toBe(0);
  expect(readdirSync(path.join(jplag, '03-three-fetches/submissions'))).toEqual(['ada', 'bob']);
  expect(stdout.trimEnd()).toMatch(/ java -jar jplag\.jar -l typescript --bc .+submissions$/);
});

test.skipIf(process.platform === 'win32')(
  'a run that is told to stop says that the same command goes on',
  async () => {
    const { directory } = madeClass();
    const words = [...wordsFor(directory), '--unsafe-no-sandbox'];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      // Its first line of progress; a second signal would end it at once.
      if (text.includes('graded')) child.kill('SIGTERM');
    });

    const code = await new Promise((resolve) => child.once('close', resolve));

    expect(told).toContain('Stopped. What was judged is kept: the same command goes on.');
    expect(code).toBe(143);
  },
);
