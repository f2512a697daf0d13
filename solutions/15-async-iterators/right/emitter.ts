import { EventEmitter, once } from 'node:events';

export interface Page<T> {
  items: T[];
  next: string | null;
}

// Work that has come is put down, and `change` is emitted; whoever waits looks again. Nothing is asked before the reader asks.
type Give<T> = { value: T } | { error: unknown } | 'end';

/** `take` gives what is there, or null; `wanted` begins what is missing, and may be called again and again. */
function reader<T>(
  bus: EventEmitter,
  take: () => Give<T> | null,
  wanted: () => void,
  leave: () => void,
): AsyncIterable<T> {
  const over = { done: true, value: undefined } as const;
  const left = new AbortController();
  let ended = false;
  const finish = () => {
    if (ended) return;
    ended = true;
    leave();
  };
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        for (;;) {
          if (ended) return over;
          wanted();
          const given = take();
          if (given === 'end') {
            ended = true;
            return over;
          }
          if (given !== null) {
            if ('error' in given) {
              finish();
              throw given.error;
            }
            return { done: false, value: given.value };
          }
          try {
            await once(bus, 'change', { signal: left.signal });
          } catch {
            return over;
          }
        }
      },
      async return() {
        left.abort();
        finish();
        return over;
      },
    }),
  };
}

export function pages<T>(
  fetchPage: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>,
): AsyncIterable<T> {
  const bus = new EventEmitter();
  const leaving = new AbortController();
  let page: Page<T> = { items: [], next: '' };
  let cursor: string | null = null;
  let index = 0;
  let busy = false;
  let failure: { error: unknown } | null = null;
  return reader<T>(
    bus,
    () => {
      if (failure) return failure;
      if (index < page.items.length) return { value: page.items[index++] as T };
      return page.next === null ? 'end' : null;
    },
    () => {
      if (busy || failure || index < page.items.length || page.next === null) return;
      busy = true;
      fetchPage(cursor, leaving.signal)
        .then(
          (got) => {
            page = got;
            cursor = got.next;
            index = 0;
          },
          (error: unknown) => {
            failure = { error };
          },
        )
        .finally(() => {
          busy = false;
          bus.emit('change');
        });
    },
    () => leaving.abort(),
  );
}

export function merge<T>(...sources: AsyncIterable<T>[]): AsyncIterable<T> {
  const bus = new EventEmitter();
  const open = new Set(sources.map((source) => source[Symbol.asyncIterator]()));
  const idle = [...open];
  const here: { from: AsyncIterator<T> | null; given: Give<T> }[] = [];
  return reader<T>(
    bus,
    () => {
      const first = here.shift();
      if (first === undefined) return open.size === 0 ? 'end' : null;
      if (first.from) idle.push(first.from);
      return first.given;
    },
    () => {
      for (const from of idle.splice(0)) {
        from
          .next()
          .then(
            ({ done, value }) => {
              if (done) open.delete(from);
              else here.push({ from, given: { value } });
            },
            (error: unknown) => {
              open.delete(from);
              here.push({ from: null, given: { error } });
            },
          )
          .finally(() => bus.emit('change'));
      }
    },
    () => {
      for (const one of open) one.return!().catch(() => {});
    },
  );
}

export function mapAsync<T, R>(
  source: AsyncIterable<T>,
  limit: number,
  fn: (item: T) => Promise<R>,
): AsyncIterable<R> {
  const bus = new EventEmitter();
  const iterator = source[Symbol.asyncIterator]();
  const state = { open: true };
  let left = false;
  const line: { given: Give<R> | null }[] = [];
  return reader<R>(
    bus,
    () => {
      if (line.length === 0) return state.open ? null : 'end';
      if (line[0]!.given === null) return null;
      return line.shift()!.given;
    },
    () => {
      const working = () => line.filter(({ given }) => given === null).length;
      // Some results may wait for the reader, but not many.
      while (state.open && working() < limit && line.length < 2 * limit) {
        const place: { given: Give<R> | null } = { given: null };
        line.push(place);
        iterator
          .next()
          .then(
            async ({ done, value }) => {
              if (done) state.open = false;
              if (done || left) {
                place.given = 'end';
                return;
              }
              place.given = await fn(value).then(
                (result) => ({ value: result }),
                (error: unknown) => ({ error }),
              );
            },
            (error: unknown) => {
              state.open = false;
              place.given = { error };
            },
          )
          .finally(() => bus.emit('change'));
      }
    },
    () => {
      left = true;
      if (state.open) iterator.return!().catch(() => {});
    },
  );
}
