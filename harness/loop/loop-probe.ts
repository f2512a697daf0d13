import { gapBetween, type LoopGap } from './loop-gap.ts';
import { real } from '../trace/real-time.ts';
import { ThreadMeter, type ThreadReading } from './thread-meter.ts';

const BEAT_MS = 5;
/** Turns shorter than this are told as one, so that a loop which turns very fast is not slowed by its probe. */
const FINEST_MS = 1;

/**
 * Takes a reading of the thread in every turn of the event loop, between `start` and `stop`, and tells the gaps.
 *
 * Two slices of work in two turns are two gaps: an unreferenced immediate beats once a turn without keeping the loop
 * awake. A timer beats beside it, so that a gap in which nothing happened stays short.
 */
export class LoopProbe {
  #meter = new ThreadMeter();
  #readings: ThreadReading[] = [];
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #onBeat: () => void;

  /** @param onBeat called in every turn */
  constructor(onBeat: () => void = () => {}) {
    this.#onBeat = onBeat;
  }

  /** Whether this system tells a sleeping thread from one that got no CPU; read it before `start`. */
  get tellsSleep(): boolean {
    return this.#meter.tellsSleep;
  }

  /** Begins, with a first reading now. */
  start(): void {
    this.#readings = [this.#meter.read()];
    const beatEachTurn = () => {
      this.#beat();
      this.#immediate = real.setImmediate(beatEachTurn).unref();
    };
    this.#immediate = real.setImmediate(beatEachTurn).unref();
    this.#timer = real.setInterval(() => this.#beat(), BEAT_MS).unref();
  }

  /** Ends with a last reading now. A second call changes nothing. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    real.clearImmediate(this.#immediate);
    real.clearInterval(this.#timer);
    this.#readings.push(this.#meter.read());
    this.#meter[Symbol.dispose]();
  }

  /**
   * The gaps between the readings so far, oldest first.
   *
   * @param asleepIn tells the time asleep between two moments, for systems where `tellsSleep` is false
   */
  gaps(asleepIn?: (from: number, to: number) => number): LoopGap[] {
    return this.#readings.slice(1).map((after, index) => {
      const before = this.#readings[index]!;
      return gapBetween(before, after, asleepIn?.(before.at, after.at) ?? null);
    });
  }

  #beat(): void {
    this.#onBeat();
    const reading = this.#meter.read();
    if (reading.at - this.#readings.at(-1)!.at < FINEST_MS) return;
    this.#readings.push(reading);
  }
}
