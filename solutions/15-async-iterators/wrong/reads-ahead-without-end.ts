// Asks each source again at once: all that nobody has taken piles up in memory.
// fails: merge lets no items pile up for a slow reader

/** One page of a list, and the cursor of the page after it; null after the last one. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

/** Gives the items of all pages. A page is fetched when somebody asks for its first item. */
export function pages<T>(
  fetchPage: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>,
): AsyncIterable<T> {
  return leavable(async function* (left) {
    let cursor: string | null = null;
    do {
      const page: Page<T> = await fetchPage(cursor, left);
      yield* page.items;
      cursor = page.next;
    } while (cursor !== null && !left.aborted);
  });
}

/** Gives the items of all sources, in the order in which they arrive. */
export function merge<T>(...sources: AsyncIterable<T>[]): AsyncIterable<T> {
  return leavable(async function* (left) {
    const open = new Set(sources.map((source) => source[Symbol.asyncIterator]()));
    const arrived: Arrival<T>[] = [];
    let wake = (): void => {};
    const ask = (iterator: AsyncIterator<T>): void => {
      const step = iterator.next();
      const arrive = (ended: boolean): void => {
        if (ended) open.delete(iterator);
        arrived.push({ iterator, step });
        wake();
        if (open.has(iterator)) ask(iterator);
      };
      step.then(
        ({ done }) => arrive(done === true),
        () => arrive(true),
      );
    };

    left.addEventListener('abort', () => closeAll(open));
    try {
      for (const iterator of open) ask(iterator);
      while (open.size > 0 || arrived.length > 0) {
        const first = arrived.shift();
        if (first === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        const { done, value } = await first.step;
        if (done === true) continue;
        yield value;
      }
    } finally {
      closeAll(open);
    }
  });
}

/** Gives `fn` of each item, in the order of the items. At most `limit` are begun and not given out. */
export function mapAsync<T, R>(
  source: AsyncIterable<T>,
  limit: number,
  fn: (item: T) => Promise<R>,
): AsyncIterable<R> {
  return leavable(async function* (left) {
    const iterator = source[Symbol.asyncIterator]();
    const open = new Set([iterator]);
    const begun: Promise<{ value: R } | null>[] = [];
    const begin = async (): Promise<{ value: R } | null> => {
      let step: IteratorResult<T>;
      try {
        step = await iterator.next();
      } catch (error) {
        open.clear();
        throw error;
      }
      if (step.done === true) open.clear();
      if (step.done === true || open.size === 0) return null;
      return { value: await fn(step.value) };
    };

    left.addEventListener('abort', () => closeAll(open));
    try {
      for (;;) {
        while (open.size > 0 && begun.length < limit) {
          const result = begin();
          // It may fail while nobody waits for it yet, or any more.
          result.catch(() => {});
          begun.push(result);
        }
        const result = await begun.shift();
        if (result === undefined || result === null) return;
        yield result.value;
      }
    } finally {
      closeAll(open);
    }
  });
}

interface Arrival<T> {
  readonly iterator: AsyncIterator<T>;
  readonly step: Promise<IteratorResult<T>>;
}

// An async generator serves its calls one after another: its `return` waits behind a `next` that is still waiting. So the `return` that
// the consumer calls is not the generator's own. It aborts `left`, which ends the work, and answers whoever waits.
function leavable<T>(read: (left: AbortSignal) => AsyncGenerator<T, void>): AsyncIterable<T> {
  const leaving = new AbortController();
  const reader = read(leaving.signal);
  const over: IteratorReturnResult<void> = { done: true, value: undefined };
  let endWait: (result: IteratorResult<T, void>) => void = () => {};
  const iterator: AsyncIterator<T, void> = {
    next: () => {
      if (leaving.signal.aborted) return Promise.resolve(over);
      return new Promise((resolve, reject) => {
        endWait = resolve;
        reader.next().then(resolve, reject);
      });
    },
    return: async () => {
      leaving.abort();
      endWait(over);
      reader.return().catch(() => {});
      return over;
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

// Each is closed once, and nobody waits for it: its `return` may stand behind a `next` that never ends.
function closeAll(open: Set<AsyncIterator<unknown>>): void {
  const iterators = [...open];
  open.clear();
  for (const iterator of iterators) {
    Promise.try(() => iterator.return?.()).catch(() => {});
  }
}
