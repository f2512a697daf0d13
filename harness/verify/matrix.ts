import type { KataResult } from '../runner/kata-result.ts';
import { fitText } from '../trace/fit-text.ts';
import type { Subject } from '../catalog/subject.ts';

/** A wrong answer and what came out. */
export interface Judged {
  readonly subject: Subject;
  readonly result: KataResult;
}

const width = 80;
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** The tests, other than the headline (the first one), for which no wrong answer is rejected by them alone. */
export function testsWithoutOwnMistake(judged: readonly Judged[]): string[] {
  const names = judged[0]?.result.tests.map(({ name }) => name) ?? [];
  const alone = new Set(
    judged.flatMap(({ result }) => {
      const red = redTests(result);
      return red.length === 1 ? red : [];
    }),
  );
  return names.slice(1).filter((name) => !alone.has(name));
}

/** A table of the tests of a kata and its wrong answers: which test rejects which answer. At most 80 columns. */
export function drawMatrix(id: string, judged: readonly Judged[]): string {
  const names = judged[0]?.result.tests.map(({ name }) => name) ?? [];
  const columns = judged.map((_, index) => letters[index] ?? '+');
  const nameWidth = Math.max(24, width - 3 - columns.length * 2);
  const legend = judged.map(({ subject }, index) => `   ${columns[index]}  ${subject.name}`);
  const rows = names.map((name) => {
    const marks = judged.map((one) => markOf(name, one));
    return ` ${fitText(name, nameWidth)} ${marks.join(' ')}`;
  });
  return [
    '',
    ` ${id}: which test rejects which wrong answer`,
    '',
    ...legend,
    '',
    ` ${fitText('', nameWidth)} ${columns.join(' ')}`,
    ...rows,
    '',
    ' X rejected by this test alone   x rejected   . passes',
    ' ! rejected, though its comment does not name the test',
    ' - named by its comment, but passes',
    '',
  ].join('\n');
}

function markOf(name: string, { subject, result }: Judged): string {
  const red = redTests(result);
  const named = subject.fails.includes(name);
  if (!red.includes(name)) return named ? '-' : '.';
  if (!named) return '!';
  return red.length === 1 ? 'X' : 'x';
}

function redTests({ tests }: KataResult): string[] {
  return tests.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name);
}
