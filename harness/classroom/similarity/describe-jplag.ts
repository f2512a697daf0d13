import path from 'node:path';

/**
 * Tells where the answers are, and the command that compares those to one kata, as JPlag 6 takes it.
 *
 * @param answers how many there are, by the id of the kata.
 * @returns one line.
 */
export function describeJplag(folder: string, answers: ReadonlyMap<string, number>): string {
  const place = ` Answers for JPlag in ${folder}`;
  // JPlag refuses fewer than two.
  const kata = [...answers.keys()].find((id) => answers.get(id)! > 1);
  if (kata === undefined) return `${place}: no kata has two of them to compare.`;
  const below = (name: string): string => quoted(path.join(folder, name));
  // Where nothing is said, the result lands where the command is given: with names and answers, in this checkout perhaps.
  return (
    `${place}. To compare those to ${kata}: java -jar jplag.jar -l typescript --bc ${below(`${kata}/base`)}` +
    ` -r ${below(`${kata}-result`)} ${below(`${kata}/submissions`)}`
  );
}

/** A word of a shell. */
function quoted(word: string): string {
  return /^[\w/.:@%+~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
