// No promise holds the outcome: a task keeps it, and a list of those who wait for it.

/** Work whose result comes later, and that tells how it stands. */
export interface Task<T> extends PromiseLike<T> {
  readonly status: 'pending' | 'fulfilled' | 'rejected';
}

type Outcome<T> = { status: 'fulfilled'; value: T } | { status: 'rejected'; reason: unknown };

class HandMade<T> implements Task<T> {
  #outcome: Outcome<T> | null = null;
  #waiting: (() => void)[] = [];

  constructor(thunk: () => T | Promise<T>) {
    const good = (value: T) => this.#end({ status: 'fulfilled', value });
    const bad = (reason: unknown) => this.#end({ status: 'rejected', reason });
    try {
      const given = thunk();
      if (given instanceof Promise) given.then(good, bad);
      else good(given);
    } catch (error) {
      bad(error);
    }
  }

  get status(): Task<T>['status'] {
    return this.#outcome?.status ?? 'pending';
  }

  // oxlint-disable-next-line unicorn/no-thenable -- what can be awaited has a `then`
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new Promise((resolve, reject) => {
      const answer = (outcome: Outcome<T>): void => {
        try {
          if (outcome.status === 'fulfilled') {
            // Without a callback the value itself goes on.
            resolve(onFulfilled ? onFulfilled(outcome.value) : (outcome.value as unknown as A));
          } else if (onRejected) resolve(onRejected(outcome.reason));
          else reject(outcome.reason);
        } catch (error) {
          reject(error);
        }
      };
      this.#whenOver(() => queueMicrotask(() => answer(this.#outcome!)));
    });
  }

  #whenOver(tell: () => void): void {
    if (this.#outcome === null) this.#waiting.push(tell);
    else tell();
  }

  #end(outcome: Outcome<T>): void {
    this.#outcome = outcome;
    for (const tell of this.#waiting.splice(0)) tell();
  }
}

export function startAll<T>(thunks: readonly (() => T | Promise<T>)[]): Task<T>[] {
  return Array.from(thunks, (thunk) => new HandMade(thunk));
}

export function lazy<T>(thunk: () => T | Promise<T>): PromiseLike<T> {
  let task: HandMade<T> | null = null;
  const get = () => (task ??= new HandMade(thunk));
  // A getter of `then` may be read: only the call of what it gives starts the work.
  return Object.freeze({
    // oxlint-disable-next-line unicorn/no-thenable -- what can be awaited has a `then`
    get then(): PromiseLike<T>['then'] {
      return (onFulfilled, onRejected) => get().then(onFulfilled, onRejected);
    },
  });
}

export function backgroundFetches(
  fetch: (url: string) => Promise<string>,
): Promise<[string, string]> {
  return new Promise((resolve, reject) => {
    const answers: string[] = [];
    let open = 2;
    const ask = (url: string, place: number): void => {
      fetch(url).then((answer) => {
        answers[place] = answer;
        open -= 1;
        if (open === 0) resolve(answers as [string, string]);
      }, reject);
    };
    ask('api1', 0);
    setTimeout(ask, 500, 'api2', 1);
  });
}
