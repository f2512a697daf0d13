/** So many results are kept: those of every text of a learner's day. */
const most = 200;

/** Makes a function that keeps its last results: the same text is asked for at every request. */
export function remember<Result>(make: (key: string) => Result): (key: string) => Result {
  const known = new Map<string, Result>();
  return (key) => {
    const result = known.get(key) ?? make(key);
    // The newest stands last; the oldest goes first.
    known.delete(key);
    known.set(key, result);
    if (known.size > most) known.delete(known.keys().next().value!);
    return result;
  };
}
