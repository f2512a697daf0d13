import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import type { Kata } from '../catalog/kata.ts';
import { readKata } from '../catalog/kata.ts';
import type { KataResult, TestResult } from '../runner/kata-result.ts';
import { formatLocation, projectRoot } from '../trace/source-location.ts';
import { cutText } from '../trace/fit-text.ts';
import { drawTimeline } from '../trace/text-timeline.ts';
import { wrapText } from '../trace/wrap-text.ts';

const width = 80;
const shownOutputLines = 20;

/** The marks of a test's verdict: each is another sign, so that nothing depends on colour. */
const marks = {
  pass: picocolors.green('✓'),
  fail: picocolors.red('✗'),
  inconclusive: picocolors.yellow('?'),
  skipped: picocolors.yellow('-'),
} as const;

/**
 * What a learner sees of one kata: what is green, the first red in full with its timeline, the file to open, the next command. At most 80
 * columns.
 */
export function reportKata(result: KataResult): string {
  const kata = readKata(result.kata);
  const lines = [
    '',
    ` ${picocolors.bold(`Kata ${kata.number}`)}  ${kata.title}`,
    '',
    ...result.tests.map((test) => `   ${marks[test.verdict]} ${cutText(test.name, width - 6)}`),
    ...output(result),
  ];

  const red = firstRed(result);
  if (red !== null) lines.push('', ...explain(red.name, red.test));
  else if (result.problem !== null)
    lines.push('', ...explain(null, { ...noEvidence, failure: result.problem }));
  lines.push('', ...closing(kata, result), '');
  return lines.join('\n');
}

const noEvidence = {
  verdict: 'fail',
  spans: [],
  virtual: false,
  seed: '',
  droppedWrites: 0,
} as const;

type Told = Pick<
  TestResult,
  'verdict' | 'failure' | 'spans' | 'virtual' | 'seed' | 'droppedWrites'
>;

function firstRed(result: KataResult): { name: string; test: TestResult } | null {
  const test =
    result.tests.find((candidate) => candidate.verdict === 'fail') ??
    (result.problem === null
      ? result.tests.find((candidate) => candidate.verdict === 'inconclusive')
      : undefined);
  return test === undefined ? null : { name: test.name, test };
}

function explain(name: string | null, test: Told): string[] {
  const { failure } = test;
  if (failure === null) return [];

  const lines =
    name === null
      ? []
      : [` ${marks[test.verdict]} ${picocolors.bold(cutText(name, width - 4))}`, ''];
  lines.push(...paragraphs(failure.message));
  if (failure.diff !== null) lines.push('', ...indent(failure.diff.split('\n')));
  const timeline = drawTimeline(test.spans, {
    virtual: test.virtual,
    width: width - 6,
    colour: picocolors.isColorSupported,
  });
  if (timeline !== '') lines.push('', ...indent(timeline.split('\n')));
  if (failure.advice !== null) lines.push('', ...paragraphs(failure.advice));
  if (failure.location !== null)
    lines.push('', `   ${picocolors.cyan(formatLocation(failure.location))}`);
  return lines;
}

/** What the learner's own console.log said. */
function output(result: KataResult): string[] {
  const text = stripVTControlCharacters(result.output).trimEnd();
  if (text === '') return [];
  const lines = text.split('\n');
  const more = lines.length - shownOutputLines;
  const dropped = result.tests.reduce((sum, test) => sum + test.droppedWrites, 0);
  return [
    '',
    picocolors.dim('   Your program printed:'),
    ...lines
      .slice(0, shownOutputLines)
      .map((line) => `   ${picocolors.dim('|')} ${cutText(line, width - 6)}`),
    ...(more > 0 ? [`   ${picocolors.dim('|')} … and ${more} more lines`] : []),
    ...(dropped > 0
      ? [`   ${picocolors.dim('|')} … and ${dropped} writes that were not even kept`]
      : []),
  ];
}

function closing(kata: Kata, result: KataResult): string[] {
  const green = result.tests.filter((test) => test.verdict === 'pass').length;
  const file = path
    .relative(projectRoot, path.join(kata.directory, kata.files[0]!))
    .split(path.sep)
    .join('/');
  if (result.verdict === 'pass') {
    return [
      ` ${picocolors.green(picocolors.bold(`All ${green} green.`))} ${times(result)}`,
      ` Compare  npm run compare ${kata.number}`,
      ` Next     npm run next`,
    ];
  }
  if (result.verdict === 'inconclusive') {
    return [
      ` ${picocolors.yellow('Not judged:')} the machine is too busy. This says nothing about your code.`,
      ` Again, with less running beside it:  npm test katas/${kata.number}`,
    ];
  }
  return [
    ` ${picocolors.bold(`${green} of ${result.tests.length} green.`)}`,
    ` Open   ${picocolors.cyan(file)}`,
    ` Hint   npm run hint ${kata.number}`,
    ` Again  npm test katas/${kata.number}`,
  ];
}

/** Virtual seconds beside real ones: what the virtual clock saves. */
function times(result: KataResult): string {
  const virtualMs = result.tests.reduce((sum, test) => sum + test.virtualMs, 0);
  const real = `${(result.realMs / 1000).toFixed(1)} s`;
  return virtualMs === 0 ? real : `${(virtualMs / 1000).toFixed(1)} virtual seconds in ${real}.`;
}

/** The board of every kata: one line each, and how many are green. */
export function reportBoard(results: readonly KataResult[]): string {
  const rows = results.map((result) => {
    const kata = readKata(result.kata);
    const green = result.tests.filter((test) => test.verdict === 'pass').length;
    const verdict = result.verdict === 'crashed' ? 'fail' : result.verdict;
    const score = `${green}/${result.tests.length}`.padStart(6);
    return ` ${marks[verdict]} ${kata.number}  ${cutText(kata.title, 44).padEnd(44)} ${score}  ${result.verdict}`;
  });
  const solved = results.filter((result) => result.verdict === 'pass').length;
  const next = results.find((result) => result.verdict !== 'pass');
  return [
    '',
    ...rows,
    '',
    ` ${solved} of ${results.length} katas green.`,
    ...(next === undefined ? [] : [` Next  npm test katas/${next.kata.slice(0, 2)}`]),
    '',
  ].join('\n');
}

function paragraphs(text: string): string[] {
  return indent(wrapText(text, width - 6));
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `   ${line}`);
}
