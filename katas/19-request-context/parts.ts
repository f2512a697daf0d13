// Given, and not to be edited: the parts of the label desk. They know parcels. They know nothing of requests.
import { randomInt } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

export interface Parcel {
  readonly grams: number;
  /** Cents a kilo. */
  readonly rate: number;
}

type Done = (error: Error | null, label: string) => void;

/** What a thread of the press says: a label, or why there is none. */
interface Answer {
  readonly job: number;
  readonly label?: string;
  readonly error?: string;
}

/** What runs in each thread of the press. As a text it starts in a third of the time that a file takes. */
const threadProgram = `
const { parentPort } = require('node:worker_threads');

parentPort.on('message', ({ job, grams, rate }) => {
  const answer =
    grams > 30_000
      ? { job, error: grams + ' g is too heavy' }
      : { job, label: grams + ' g, ' + Math.ceil(grams / 1000) * rate + ' cents' };
  parentPort.postMessage(answer);
});
`;

let opened = false;

/** The scale, the rates and the press. There is one set of them in a process, for all requests. */
export class Parts {
  /** Emits `rate` with the cents a kilo, some time after `askRate`: one event for all who wait. */
  readonly rates = new EventEmitter<{ rate: [cents: number] }>().setMaxListeners(0);
  readonly #note: (message: string) => void;
  readonly #threads = [startThread(), startThread()];
  readonly #printing = new Map<number, Done>();
  #rateAsked = false;
  #parcels = 0;
  #jobs = 0;

  /** @param note is called with each line that the parts have for the log. */
  constructor(note: (message: string) => void) {
    if (opened) {
      throw new Error(
        'There is one scale and one press. Make `new Parts` once, in buildApp, for all requests.',
      );
    }
    opened = true;
    this.#note = note;
    for (const thread of this.#threads) thread.on('message', (answer) => this.#answer(answer));
    note('the press is ready');
  }

  /** Weighs the next parcel, in grams. It takes some milliseconds: a timer. Every tenth parcel has more than 30 kg. */
  async weigh(): Promise<number> {
    const parcel = this.#parcels;
    this.#parcels += 1;
    this.#note('on the scale');
    await pause(10 + ((parcel * 7) % 23));
    const heavy = parcel % 10 === 9;
    const grams = heavy ? randomInt(30_001, 40_000) : randomInt(100, 30_000);
    this.#note(`weighed: ${grams} g`);
    return grams;
  }

  /** Asks for the rate: it comes as the event `rate` of `rates`. Who asks while it is on its way gets the same one: an emitter. */
  askRate(): void {
    if (this.#rateAsked) return;
    this.#rateAsked = true;
    setTimeout(() => {
      this.#rateAsked = false;
      this.rates.emit('rate', randomInt(3, 90));
    }, 20);
  }

  /** Prints the label of a parcel, then calls `done` with it, or with an error if the parcel is too heavy: a worker pool. */
  print({ grams, rate }: Parcel, done: Done): void {
    const job = this.#jobs;
    this.#jobs += 1;
    this.#printing.set(job, done);
    this.#note(`at the press: ${grams} g (${this.#printing.size} at once)`);
    this.#threads[job % this.#threads.length]!.postMessage({ job, grams, rate });
  }

  /** Ends the threads of the press. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  #answer({ job, label = '', error }: Answer): void {
    const done = this.#printing.get(job)!;
    this.#printing.delete(job);
    done(error === undefined ? null : new Error(error), label);
    this.#note('a thread is free');
  }
}

function startThread(): Worker {
  return new Worker(threadProgram, { eval: true });
}
