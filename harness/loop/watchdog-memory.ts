/** Where the two threads of the watchdog leave word for each other: no messages, which a virtual clock would count. */
export class WatchdogMemory {
  readonly shared: SharedArrayBuffer;
  #slots: Int32Array;

  constructor(shared = new SharedArrayBuffer(headerBytes + texts.length * textBytes)) {
    this.shared = shared;
    this.#slots = new Int32Array(shared, 0, slots.length);
  }

  get(slot: Slot): number {
    return Atomics.load(this.#slots, slots.indexOf(slot));
  }

  set(slot: Slot, value: number): void {
    Atomics.store(this.#slots, slots.indexOf(slot), value);
  }

  /** Counts one up. */
  add(slot: Slot): void {
    Atomics.add(this.#slots, slots.indexOf(slot), 1);
  }

  readText(text: Text): string {
    const area = this.#area(text);
    return area.toString('utf8', 4, 4 + area.readInt32LE(0));
  }

  /** Keeps as much of `value` as there is room for. */
  writeText(text: Text, value: string): void {
    const area = this.#area(text);
    area.writeInt32LE(area.write(value, 4, 'utf8'), 0);
  }

  #area(text: Text): Buffer {
    return Buffer.from(this.shared, headerBytes + texts.indexOf(text) * textBytes, textBytes);
  }
}

/** What the main thread is doing, as far as the watchdog must know. */
export const phases = ['import', 'test', 'between'] as const;
export type Phase = (typeof phases)[number];

/** Whether the worker looks at the main thread's stack in every hold: the main thread asks and ends, the worker answers. */
export const sampling = { off: 0, asked: 1, on: 2, ending: 3 } as const;

const slots = [
  /** Counts the beats of the main thread's loop. */
  'beats',
  'phase',
  /** 1 when the worker is to end. */
  'stop',
  /** 1 when `hang` holds a report for the main thread, which clears it. */
  'hung',
  'sampling',
  /** 1 while the main thread is in the call that `call` tells of. */
  'inCall',
] as const;
type Slot = (typeof slots)[number];

const texts = ['test', 'hang', 'call', 'samples'] as const;
type Text = (typeof texts)[number];

const headerBytes = 64;
const textBytes = 16 * 1024;
