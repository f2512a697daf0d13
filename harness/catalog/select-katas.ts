import leven from 'leven';

/** What somebody typed did not name a kata. */
export class UnknownKataError extends Error {
  override readonly name = 'UnknownKataError';
}

/**
 * The ids that the words of a command line mean: `katas/03`, `03`, `3`, `03-three`, `three-fetches`, a folder's path or a
 * range `01-05`. No word means all.
 *
 * @throws {UnknownKataError} naming the nearest ids where a word means none.
 */
export function selectKatas(words: readonly string[], ids: readonly string[]): string[] {
  if (words.length === 0) return [...ids];

  const chosen = new Set(words.flatMap((word) => selectOne(word, ids)));
  return ids.filter((id) => chosen.has(id));
}

function selectOne(word: string, ids: readonly string[]): string[] {
  const name = word
    .replaceAll('\\', '/')
    .replace(/^\.\//, '')
    .replace(/^.*\bkatas(?:\/|$)/, '')
    .replace(/\/.*$/, '');
  if (name === '' && /katas\/?$/.test(word)) return [...ids];

  const range = /^(\d{1,2})-(\d{1,2})$/.exec(name);
  if (range) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    const inRange = ids.filter(
      (id) => Number(id.slice(0, 2)) >= from && Number(id.slice(0, 2)) <= to,
    );
    if (inRange.length > 0) return inRange;
  }

  const padded = /^\d$/.test(name) ? `0${name}` : name;
  const found =
    padded === ''
      ? []
      : ids.filter((id) => id === padded || id.startsWith(padded) || id.slice(3) === padded);
  if (found.length > 0) return found;
  throw new UnknownKataError(
    `There is no kata "${word}". Nearest: ${nearest(name, ids).join(', ')}.`,
  );
}

function nearest(name: string, ids: readonly string[]): string[] {
  const number = Number.parseInt(name, 10);
  const distance = (id: string): number =>
    Number.isNaN(number)
      ? Math.min(leven(name, id.slice(3)), leven(name, id))
      : Math.abs(Number(id.slice(0, 2)) - number);
  return ids.toSorted((a, b) => distance(a) - distance(b)).slice(0, 3);
}
