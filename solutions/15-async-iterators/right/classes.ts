// Without generators: a class for each of the three, and one for a source. Who leaves waits for the sources that are not busy, and is told
// when one of them cannot be closed. So is who was about to hear of another error.

/** One page of a list, and the cursor of the page after it; null after the last one. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

type Step<T> = IteratorResult<T, undefined>;
const DONE = Object.freeze({ done: true as const, value: undefined });

/** An iterator of which one can leave at any time. next() calls are answered one after the other. */
abstract class Leavable<T> implements AsyncIterableIterator<T, undefined> {
  #queue: Promise<unknown> = Promise.resolve();
  #over = false;
  readonly #left = Promise.withResolvers<Step<T>>();

  protected abstract pull(): Promise<Step<T>>;
  protected abstract close(): Promise<void>;

  [Symbol.asyncIterator](): this {
    return this;
  }

  protected get over(): boolean {
    return this.#over;
  }

  async next(): Promise<Step<T>> {
    if (this.#over) return DONE;
    const step = this.#queue.then(() => this.#step());
    this.#queue = step.catch(() => {});
    return await Promise.race([step, this.#left.promise]);
  }

  async return(): Promise<Step<T>> {
    if (!this.#over) {
      this.#over = true;
      this.#left.resolve(DONE);
      await this.close();
    }
    return DONE;
  }

  async #step(): Promise<Step<T>> {
    if (this.#over) return DONE;
    try {
      const step = await this.pull();
      if (step.done) this.#over = true;
      return step;
    } catch (error) {
      if (!this.#over) {
        this.#over = true;
        await this.close();
      }
      throw error;
    }
  }
}

/** A source, of which we know whether somebody waits for its next item. */
class Source<T> {
  readonly #iterator: AsyncIterator<T>;
  #pending = false;
  #ended = false;

  constructor(iterable: AsyncIterable<T>) {
    this.#iterator = iterable[Symbol.asyncIterator]();
  }

  get ended(): boolean {
    return this.#ended;
  }

  async next(): Promise<IteratorResult<T>> {
    this.#pending = true;
    try {
      const step = await this.#iterator.next();
      if (step.done) this.#ended = true;
      return step;
    } catch (error) {
      this.#ended = true;
      throw error;
    } finally {
      this.#pending = false;
    }
  }

  /** Waits for the clean-up, unless the source is busy. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const closing = (async () => this.#iterator.return?.())();
    if (this.#pending) closing.catch(() => {});
    else await closing;
  }
}

class Pages<T> extends Leavable<T> {
  readonly #fetch: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>;
  readonly #abort = new AbortController();
  #items: T[] = [];
  #at = 0;
  #cursor: string | null = null;
  #first = true;

  constructor(fetchPage: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>) {
    super();
    this.#fetch = fetchPage;
  }

  protected async pull(): Promise<Step<T>> {
    while (this.#at >= this.#items.length) {
      if (this.over || (!this.#first && this.#cursor === null)) return DONE;
      const page = await this.#fetch(this.#cursor, this.#abort.signal);
      this.#first = false;
      this.#items = page.items;
      this.#cursor = page.next;
      this.#at = 0;
    }
    return { done: false, value: this.#items[this.#at++] as T };
  }

  protected async close(): Promise<void> {
    this.#abort.abort();
  }
}

class Merged<T> extends Leavable<T> {
  readonly #iterables: AsyncIterable<T>[];
  #sources: Source<T>[] | undefined;
  readonly #arrived: ({ source: Source<T>; value: T } | { error: unknown })[] = [];
  #asked = new Set<Source<T>>();
  #wake = (): void => {};

  constructor(iterables: AsyncIterable<T>[]) {
    super();
    this.#iterables = iterables;
  }

  protected async pull(): Promise<Step<T>> {
    this.#sources ??= this.#iterables.map((iterable) => new Source(iterable));
    for (;;) {
      for (const source of this.#sources) this.#ask(source);
      const first = this.#arrived.shift();
      if (first !== undefined) {
        if ('error' in first) throw first.error;
        this.#asked.delete(first.source);
        return { done: false, value: first.value };
      }
      if (this.over || this.#sources.every((source) => source.ended)) return DONE;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #ask(source: Source<T>): void {
    if (source.ended || this.#asked.has(source)) return;
    this.#asked.add(source);
    source.next().then(
      (step) => {
        if (!step.done) this.#arrived.push({ source, value: step.value });
        this.#wake();
      },
      (error: unknown) => {
        this.#arrived.push({ error });
        this.#wake();
      },
    );
  }

  protected async close(): Promise<void> {
    this.#wake();
    await Promise.all((this.#sources ?? []).map((source) => source.close()));
  }
}

class Mapped<T, R> extends Leavable<R> {
  readonly #iterable: AsyncIterable<T>;
  readonly #limit: number;
  readonly #fn: (item: T) => Promise<R>;
  #source: Source<T> | undefined;
  #chain: Promise<unknown> = Promise.resolve();
  readonly #begun: Promise<Step<R>>[] = [];

  constructor(iterable: AsyncIterable<T>, limit: number, fn: (item: T) => Promise<R>) {
    super();
    this.#iterable = iterable;
    this.#limit = limit;
    this.#fn = fn;
  }

  protected async pull(): Promise<Step<R>> {
    this.#source ??= new Source(this.#iterable);
    while (this.#begun.length < this.#limit) this.#begin(this.#source);
    return await this.#begun.shift()!;
  }

  #begin(source: Source<T>): void {
    // One next() at a time: many a source cannot do more.
    const asked = this.#chain.then(async (): Promise<IteratorResult<T>> => {
      if (source.ended || this.over) return { done: true, value: undefined };
      return source.next();
    });
    this.#chain = asked.catch(() => {});
    const result = asked.then(async (step): Promise<Step<R>> => {
      if (step.done || this.over) return DONE;
      return { done: false, value: await this.#fn(step.value) };
    });
    result.catch(() => {});
    this.#begun.push(result);
  }

  protected async close(): Promise<void> {
    await this.#source?.close();
  }
}

export function pages<T>(
  fetchPage: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>,
): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new Pages(fetchPage) };
}

export function merge<T>(...sources: AsyncIterable<T>[]): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => new Merged(sources) };
}

export function mapAsync<T, R>(
  source: AsyncIterable<T>,
  limit: number,
  fn: (item: T) => Promise<R>,
): AsyncIterable<R> {
  if (!(limit >= 1)) throw new RangeError(`limit: ${limit}`);
  return { [Symbol.asyncIterator]: () => new Mapped(source, limit, fn) };
}
