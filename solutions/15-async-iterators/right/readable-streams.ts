/** One page of a list, and the cursor of the page after it; null after the last one. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

// A ReadableStream with no room asks for a chunk when its reader does. Its `cancel` answers a `read` that waits, and waits for nobody.
function streamed<T>(
  pull: () => Promise<{ value: T } | null>,
  leave: () => void,
): AsyncIterable<T> {
  const over = { done: true, value: undefined } as const;
  let left = false;
  const stream = new ReadableStream<T>(
    {
      async pull(controller) {
        try {
          const given = await pull();
          if (left) return;
          if (given === null) controller.close();
          else controller.enqueue(given.value);
        } catch (error) {
          leave();
          throw error;
        }
      },
      cancel() {
        left = true;
        leave();
      },
    },
    { highWaterMark: 0 },
  );
  const reader = stream.getReader();
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const step = await reader.read();
        return step.done ? over : { done: false, value: step.value };
      },
      async return() {
        reader.cancel().catch(() => {});
        return over;
      },
    }),
  };
}

export function pages<T>(
  fetchPage: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>,
): AsyncIterable<T> {
  const controller = new AbortController();
  let page: Page<T> = { items: [], next: '' };
  let cursor: string | null = null;
  let at = 0;
  return streamed<T>(
    async () => {
      while (at >= page.items.length) {
        if (page.next === null || controller.signal.aborted) return null;
        page = await fetchPage(cursor, controller.signal);
        cursor = page.next;
        at = 0;
      }
      return { value: page.items[at++] as T };
    },
    () => controller.abort(),
  );
}

export function merge<T>(...sources: AsyncIterable<T>[]): AsyncIterable<T> {
  type Arrival = { from: AsyncIterator<T>; value: T } | { error: unknown };
  const open = new Set<AsyncIterator<T>>();
  const arrived: Arrival[] = [];
  let toAsk: AsyncIterator<T>[] | null = null;
  let bell = Promise.withResolvers<void>();
  const ask = (from: AsyncIterator<T>): void => {
    from.next().then(
      ({ done, value }) => {
        if (done === true) open.delete(from);
        else arrived.push({ from, value });
        bell.resolve();
      },
      (error: unknown) => {
        open.delete(from);
        arrived.push({ error });
        bell.resolve();
      },
    );
  };
  return streamed<T>(
    async () => {
      if (toAsk === null) {
        toAsk = sources.map((source) => source[Symbol.asyncIterator]());
        for (const iterator of toAsk) open.add(iterator);
      }
      for (const iterator of toAsk.splice(0)) ask(iterator);
      for (;;) {
        const first = arrived.shift();
        if (first === undefined) {
          if (open.size === 0) return null;
          bell = Promise.withResolvers();
          await bell.promise;
          continue;
        }
        if ('error' in first) throw first.error;
        toAsk.push(first.from);
        return { value: first.value };
      }
    },
    () => {
      const iterators = [...open];
      open.clear();
      bell.resolve();
      for (const iterator of iterators) iterator.return!().catch(() => {});
    },
  );
}

export function mapAsync<T, R>(
  source: AsyncIterable<T>,
  limit: number,
  fn: (item: T) => Promise<R>,
): AsyncIterable<R> {
  type Outcome = PromiseSettledResult<R> | null;
  const state: { iterator: AsyncIterator<T> | null; now: 'open' | 'ended' | 'left' } = {
    iterator: null,
    now: 'open',
  };
  const line: Promise<Outcome>[] = [];
  const begin = async (iterator: AsyncIterator<T>): Promise<Outcome> => {
    const [asked] = await Promise.allSettled([iterator.next()]);
    if (asked.status === 'rejected' || asked.value.done === true) {
      state.now = 'ended';
      return asked.status === 'rejected' ? asked : null;
    }
    if (state.now === 'left') return null;
    const [outcome] = await Promise.allSettled([fn(asked.value.value)]);
    return outcome;
  };
  return streamed<R>(
    async () => {
      state.iterator ??= source[Symbol.asyncIterator]();
      while (state.now === 'open' && line.length < limit) line.push(begin(state.iterator));
      const outcome = await line.shift();
      if (outcome === undefined || outcome === null) return null;
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome;
    },
    () => {
      if (state.now !== 'open') return;
      state.now = 'left';
      state.iterator?.return!().catch(() => {});
    },
  );
}
