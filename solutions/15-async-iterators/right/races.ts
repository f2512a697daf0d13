/** One page of a list, and the cursor of the page after it; null after the last one. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

// Generators that never wait for anything alone: each wait is a race against the leaving. So a generator ends by itself, and its own
// `return` has nothing to wait for.
type Left = Promise<null>;

export function pages<T>(
  fetchPage: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>,
): AsyncIterable<T> {
  const controller = new AbortController();
  return withExit(
    async function* (left) {
      let cursor: string | null = null;
      for (;;) {
        const page: Page<T> | null = await Promise.race([
          fetchPage(cursor, controller.signal),
          left,
        ]);
        if (page === null) return;
        yield* page.items;
        if (page.next === null) return;
        cursor = page.next;
      }
    },
    () => controller.abort(),
  );
}

export function merge<T>(...sources: AsyncIterable<T>[]): AsyncIterable<T> {
  return withExit(async function* (left) {
    const waits = new Map<AsyncIterator<T>, Promise<[AsyncIterator<T>, IteratorResult<T>]>>();
    // They stay in the race: an error between two items is told at the next one.
    const failed = new Set<AsyncIterator<T>>();
    const ask = (iterator: AsyncIterator<T>): void => {
      // Put in anew: the one that was served last goes to the end of the race.
      waits.delete(iterator);
      const step = iterator.next().then(
        (result): [AsyncIterator<T>, IteratorResult<T>] => [iterator, result],
        (error: unknown) => {
          failed.add(iterator);
          throw error;
        },
      );
      step.catch(() => {});
      waits.set(iterator, step);
    };
    try {
      for (const source of sources) ask(source[Symbol.asyncIterator]());
      while (waits.size > 0) {
        const first = await Promise.race([...waits.values(), left]);
        if (first === null) return;
        const [iterator, { done, value }] = first;
        if (done === true) {
          waits.delete(iterator);
          continue;
        }
        yield value;
        ask(iterator);
      }
    } finally {
      for (const iterator of waits.keys()) {
        if (!failed.has(iterator)) iterator.return?.().catch(() => {});
      }
    }
  });
}

export function mapAsync<T, R>(
  source: AsyncIterable<T>,
  limit: number,
  fn: (item: T) => Promise<R>,
): AsyncIterable<R> {
  return withExit(async function* (left) {
    const iterator = source[Symbol.asyncIterator]();
    const results: Promise<R>[] = [];
    let asking = null as Promise<void> | null;
    let state: 'open' | 'ended' | 'left' = 'open';
    let failure: { error: unknown } | null = null;

    // One `next` at a time.
    const ask = async (): Promise<void> => {
      try {
        const step = await iterator.next();
        if (state !== 'open') return;
        if (step.done === true) {
          state = 'ended';
          return;
        }
        const result = fn(step.value);
        result.catch(() => {});
        results.push(result);
      } catch (error) {
        state = 'ended';
        failure = { error };
      } finally {
        asking = null;
        refill();
      }
    };
    let places = limit;
    const refill = (): void => {
      if (state !== 'open' || asking !== null || places === 0) return;
      places -= 1;
      asking = ask();
    };

    try {
      for (;;) {
        refill();
        const result = results[0];
        if (result === undefined) {
          if (asking === null) break;
          if ((await Promise.race([asking, left])) === null) return;
          continue;
        }
        const outcome = await Promise.race([result.then((value) => ({ value })), left]);
        if (outcome === null) return;
        void results.shift();
        yield outcome.value;
        places += 1;
      }
      if (failure !== null) throw (failure as { error: unknown }).error;
    } finally {
      if (state === 'open') {
        state = 'left';
        iterator.return?.().catch(() => {});
      }
    }
  });
}

function withExit<T>(
  read: (left: Left) => AsyncGenerator<T, void>,
  onLeave: () => void = () => {},
): AsyncIterable<T> {
  const { promise: left, resolve: exit } = Promise.withResolvers<null>();
  const generator = read(left);
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => generator.next(),
      return: () => {
        // First: a page that fails at once when it hears the signal must lose the race.
        exit(null);
        onLeave();
        return generator.return();
      },
    }),
  };
}
