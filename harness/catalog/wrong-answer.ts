/** What the first comment of a wrong answer says. */
export interface WrongAnswer {
  /** The mistake, in a sentence or two. */
  readonly mistake: string;
  /** The names of the tests that reject it: exactly these. */
  readonly fails: readonly string[];
}

/**
 * Reads the first comment of a wrong answer: lines of `//`, first the mistake, then one line `// fails: <test name>` for each test that
 * rejects it.
 *
 * @throws {Error} where the source does not begin with such a comment.
 */
export function parseWrongAnswer(source: string): WrongAnswer {
  const comment = source
    .split(/\r?\n/)
    .slice(0, endOfComment(source))
    .map((line) => line.replace(/^\/\/ ?/, '').trim());
  const fails = comment
    .filter((line) => line.startsWith('fails:'))
    .map((line) => line.slice('fails:'.length).trim());
  const mistake = comment
    .filter((line) => !line.startsWith('fails:'))
    .join(' ')
    .trim();

  if (mistake === '') {
    throw new Error(
      'Expected a first comment (lines of //) that says the mistake in a sentence, got none.',
    );
  }
  if (fails.length === 0 || fails.includes('')) {
    throw new Error(
      'Expected a line "// fails: <test name>" in the first comment for each test that rejects it.',
    );
  }
  const twice = fails.find((name, index) => fails.indexOf(name) !== index);
  if (twice !== undefined)
    throw new Error(`Expected each test once in the first comment, got "${twice}" twice.`);
  return { mistake, fails };
}

function endOfComment(source: string): number {
  const end = source.split(/\r?\n/).findIndex((line) => !line.startsWith('//'));
  return end < 0 ? source.length : end;
}
