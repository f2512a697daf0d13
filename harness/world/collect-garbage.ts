import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options?: { type: 'minor' }) => void;

let known: Collect | null = null;

/** Throws away all that nobody uses any more, buffers too. */
export function collectGarbage(): void {
  const collect = collector();
  collect();
  // V8 sweeps buffers beside the program; the next collection, even a small one, waits for that.
  collect({ type: 'minor' });
}

/** Throws away what was made a moment ago and is not used any more: that is quicker. */
export function collectYoungGarbage(): void {
  const collect = collector();
  collect({ type: 'minor' });
  // As above.
  collect({ type: 'minor' });
}

/** V8 gives it to programs that are started with a flag, and to contexts that are made once the flag is set. */
function collector(): Collect {
  if (known === null) {
    setFlagsFromString('--expose-gc');
    known = runInNewContext('gc') as Collect;
  }
  return known;
}
