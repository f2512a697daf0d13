import { performance } from 'node:perf_hooks';
import { createClock } from '@sinonjs/fake-timers';
import { BusyWaitGuard } from './busy-wait-guard.ts';
import {
  ClockHeldError,
  EndedTimerError,
  UncaughtTimerError,
  VirtualDeadlockError,
  VirtualRunawayError,
} from './clock-errors.ts';
import { NativeRequests } from './native-requests.ts';
import { isMoreOpen } from './open-resources.ts';
import { real, realTurn } from '../trace/real-time.ts';
import { rulingClock, setRulingClock, type RulingClock } from './ruling-clock.ts';
import { socketsInFlight, unansweredRequests } from './socket-ledger.ts';
import { TimerEntry } from './timer-entry.ts';
import type { TimerRecord } from './timer-record.ts';
import { installTrampolines } from './trampolines.ts';
import { armedTimers, type VirtualTimer } from './virtual-timer.ts';
import type { WorkInFlight } from './work-in-flight.ts';
import { workersInFlight } from './worker-ledger.ts';

/** Limits of a virtual clock; every time in real milliseconds. */
export interface ClockOptions {
  /** How many timers may fire in one run before it is told as a runaway. Default 10,000. */
  readonly maxTimers?: number;
  /** How long nothing at all may happen before a wait is told as a deadlock; a third of it where nothing is open that could wake the program. Default 1000. */
  readonly deadlockMs?: number;
  /** How long real work may hold the clock without a pause. Default 8000. */
  readonly heldMs?: number;
  /** How long a peer in another thread, process or machine may owe an answer. Default 2000. */
  readonly peerMs?: number;
}

/** What came of a run. */
export interface VirtualRun<T> {
  readonly value: T;
  readonly virtualMs: number;
  readonly realMs: number;
}

const defaults = { maxTimers: 10_000, deadlockMs: 1000, heldMs: 8000, peerMs: 2000 };

// A machine that gives this process no CPU lets milliseconds pass in which nobody could have done anything. Each limit in
// milliseconds therefore asks for this many looks at the loop as well, with a real turn between them.
const deadlockLooks = 200;
const heldLooks = 2000;
const peerLooks = 500;

// What is left then comes within milliseconds: a promise of WebAssembly, for one, is told by nobody.
const shareWhereNothingIsOpen = 1 / 3;

const nanosecondsPerMs = 1_000_000n;
const quietTurnsBeforeJump = 2;
const turnsBeforeNapping = 50;
// Work that is cut into slices ends within them; a loop that polls a flag with setImmediate would hold the clock for ever.
const turnsGivenToImmediates = 5000;
const recordsPerTurn = 50;
const ownedTimers: ReadonlySet<string> = new Set(['AbortSignal.timeout', 'socket.setTimeout']);

/**
 * Virtual time: it stands still while anything real goes on, and jumps to the next timer when nothing else can run.
 *
 * Callbacks of `setImmediate`, microtasks, file operations, sockets, workers' answers and promises given to `hold` all
 * come first. Between two timers, also those due together, everything runs that the first one started.
 */
export class VirtualClock implements RulingClock {
  readonly epochMs = real.dateNow();
  // Whole milliseconds, so that the differences of what the clocks say are whole as well.
  readonly performanceMs = Math.ceil(real.now());
  readonly hrtimeNs = (real.hrtimeBigint() / nanosecondsPerMs + 1n) * nanosecondsPerMs;
  #limits: Required<ClockOptions>;
  #engine = createClock(0);
  #requests = new NativeRequests();
  #busyWait = new BusyWaitGuard();
  #entries: TimerEntry[] = [];
  #pending = new Map<VirtualTimer, TimerEntry>();
  #adopted: ReadonlySet<VirtualTimer> = new Set();
  #holds = new Set<string[]>();
  #fired = 0;
  #failure: Error | null = null;
  #running = false;
  #turnsLeftToImmediates = turnsGivenToImmediates;

  private constructor(options: ClockOptions) {
    this.#limits = { ...defaults, ...options };
  }

  /** The clock that is installed, or null. */
  static get active(): VirtualClock | null {
    const clock = rulingClock();
    return clock instanceof VirtualClock ? clock : null;
  }

  /** Makes virtual time rule in this thread. Throws when a clock is installed already: uninstall that one first. */
  static install(options: ClockOptions = {}): VirtualClock {
    installTrampolines();
    if (rulingClock()) {
      throw new Error(
        'Expected real time to rule, got a virtual clock that is still installed. Call uninstall() on it first.',
      );
    }
    const clock = new VirtualClock(options);
    clock.#begin();
    return clock;
  }

  get now(): number {
    return this.#engine.now;
  }

  /** Every timer started under this clock, in the order of their start. */
  get timers(): readonly TimerRecord[] {
    return this.#entries.map((entry) => entry.record());
  }

  /**
   * The same, with a turn of the real loop now and then: to find out where a thousand timers were started takes some fifty milliseconds, and
   * somebody may be measuring for how long the loop is held.
   */
  async readTimers(): Promise<readonly TimerRecord[]> {
    const records: TimerRecord[] = [];
    for (const entry of this.#entries) {
      records.push(entry.record());
      if (records.length % recordsPerTurn === 0) await realTurn();
    }
    return records;
  }

  /**
   * Runs `work` and lets time jump until it settles. Rejects with what `work` rejects with, or with the clock's own error:
   * VirtualDeadlockError, VirtualRunawayError, ClockHeldError, BusyWaitError or UncaughtTimerError. Rejects too when
   * the clock is uninstalled before the end.
   */
  async run<T>(work: () => T | Promise<T>): Promise<VirtualRun<T>> {
    if (this.#running)
      throw new Error('Expected one run at a time, got a second one. Await the first.');
    this.#running = true;
    this.#fired = 0;
    this.#failure = null;
    const virtualStart = this.now;
    const realStart = real.now();
    try {
      // In a turn of its own: what ends the learner's code from outside drops every job that was queued beside it, and by
      // now the jobs that tie this run to those who await it are done.
      await this.#turn();
      const promise = Promise.resolve().then(work);
      let settled = false;
      const note = (): void => {
        settled = true;
      };
      promise.then(note, note);
      await this.#drive(() => settled);
      const value = await promise;
      return { value, virtualMs: this.now - virtualStart, realMs: real.now() - realStart };
    } finally {
      this.#running = false;
    }
  }

  /** Keeps virtual time still until `promise` settles; `label` completes "waiting for …". Returns `promise`. */
  hold<T>(promise: Promise<T>, label: string): Promise<T> {
    const hold = [label];
    const release = (): void => {
      this.#holds.delete(hold);
    };
    this.#holds.add(hold);
    promise.then(release, release);
    return promise;
  }

  /**
   * Lets real time rule again and returns the learner's timers that were left behind, which never fire. Timers of
   * libraries, of the spec and of the harness go on in real time. A second call does nothing and returns [].
   */
  uninstall(): TimerRecord[] {
    if (rulingClock() !== this) return [];
    setRulingClock(null);
    this.#requests.disable();
    const leftBehind: TimerRecord[] = [];
    // Moving a timer takes it out of the set and puts it in again.
    for (const timer of Array.from(armedTimers)) {
      const record = this.#pending.get(timer)?.record();
      if (record === undefined || !timer.isOfTest || this.#adopted.has(timer)) {
        timer.migrate();
        continue;
      }
      // A spec's own timer has no meaning after its clock: in the next test it would fire into the void.
      timer.abandon();
      if (record.owner === 'spec') continue;
      // Nobody can clear the timer of an AbortSignal.timeout: it goes with its signal. That of a socket goes with the socket.
      if (!ownedTimers.has(record.kind)) leftBehind.push(record);
    }
    return leftBehind;
  }

  [Symbol.dispose](): void {
    this.uninstall();
  }

  /** For the trampolines only. */
  countRead(): void {
    this.#busyWait.countRead();
  }

  /** For the trampolines only. */
  schedule(timer: VirtualTimer, leftMs: number): () => void {
    const due = this.now + leftMs;
    const entry = this.#pending.get(timer) ?? this.#addEntry(timer);
    entry.due = due;
    const handle = this.#engine.setTimeout(() => this.#fire(timer, entry), leftMs);
    return () => this.#engine.clearTimeout(handle);
  }

  /** For the trampolines only. */
  cleared(timer: VirtualTimer): void {
    this.#pending.get(timer)?.end('cleared', this.now);
    this.#pending.delete(timer);
  }

  #begin(): void {
    setRulingClock(this);
    this.#requests.enable();
    this.#adopted = new Set(armedTimers);
    for (const timer of this.#adopted) timer.migrate();
  }

  #addEntry(timer: VirtualTimer): TimerEntry {
    const entry = new TimerEntry(this.#entries.length, timer, this.now);
    // One that was started in real time ends when that says, which is another moment in each run.
    if (!this.#adopted.has(timer)) this.#entries.push(entry);
    this.#pending.set(timer, entry);
    return entry;
  }

  #fire(timer: VirtualTimer, entry: TimerEntry): void {
    this.#fired += 1;
    if (!timer.repeats) {
      entry.end('fired', this.now);
      this.#pending.delete(timer);
    }
    try {
      timer.fire();
    } catch (error) {
      this.#failure ??=
        error === this.#busyWait.error
          ? this.#busyWait.error
          : new UncaughtTimerError(error, entry.record());
    }
  }

  async #drive(isSettled: () => boolean): Promise<void> {
    for (;;) {
      await this.#drain(isSettled);
      if (isSettled()) return;
      if (this.#engine.countTimers() === 0) {
        await this.#awaitTheUnseen(isSettled);
        continue;
      }
      this.#refuseRunaway();
      await this.#fireNext();
    }
  }

  /** Lets everything run that is not a timer. */
  async #drain(isSettled: () => boolean): Promise<void> {
    let quietTurns = 0;
    let busyLooks = 0;
    let busySince = 0;
    let lastEvents = -1;
    while (quietTurns < quietTurnsBeforeJump) {
      await this.#turn();
      if (isSettled()) return;
      const events = loopEvents();
      const work = this.#workInFlight();
      const quiet = events === lastEvents && !work && !this.#immediatesComeFirst();
      quietTurns = quiet ? quietTurns + 1 : 0;
      lastEvents = events;
      if (busyLooks === 0) busySince = real.now();
      busyLooks = work ? busyLooks + 1 : 0;
      if (!work || busyLooks < turnsBeforeNapping) continue;
      this.#refuseHeld(work, real.now() - busySince, busyLooks);
      await nap(1);
    }
  }

  /** No timer is pending: either real work goes on that nobody can see, or the program will never be woken. */
  async #awaitTheUnseen(isSettled: () => boolean): Promise<void> {
    const begun = real.now();
    let quietSince = begun;
    let looks = 0;
    let lastEvents = loopEvents();
    for (;;) {
      await nap(2);
      await this.#turn();
      if (isSettled() || this.#engine.countTimers() > 0 || this.#workInFlight()) return;
      const now = real.now();
      const events = loopEvents();
      if (events !== lastEvents) {
        quietSince = now;
        looks = 0;
        lastEvents = events;
      }
      looks += 1;
      const share = this.#requests.hasOthers || isMoreOpen() ? 1 : shareWhereNothingIsOpen;
      const quiet =
        looks >= deadlockLooks * share && now - quietSince >= this.#limits.deadlockMs * share;
      if (quiet || now - begun >= this.#limits.heldMs) throw this.#deadlock();
    }
  }

  async #fireNext(): Promise<void> {
    let cameBack = false;
    const next = this.#pendingByDue()[0];
    // A job of its own: if the watchdog ends the callback, it ends this job alone. And one of nextTick, so that the
    // callback's own ticks come before its microtasks, as they do in a timer of Node.
    process.nextTick(() => {
      this.#engine.next();
      cameBack = true;
    });
    await this.#turn();
    if (!cameBack) throw new EndedTimerError(next?.record());
  }

  /** One turn of the real loop. Throws what ended the run meanwhile. */
  async #turn(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#requests.ignoring(() => real.setImmediate(resolve));
    });
    if (this.#failure) throw this.#failure;
    if (this.#busyWait.error) throw this.#busyWait.error;
    if (rulingClock() !== this) {
      throw new Error(
        'Expected the clock to stay until its run ended, but it was uninstalled before.',
      );
    }
  }

  #workInFlight(): WorkInFlight | null {
    const [hold] = this.#holds;
    if (hold) return { what: hold[0]!, caller: null };
    const request = this.#requests.inFlight();
    if (request) return request;
    const { peerMs } = this.#limits;
    const what = workersInFlight(peerMs) ?? socketsInFlight({ peerMs, peerLooks });
    return what === null ? null : { what, caller: null };
  }

  #immediatesComeFirst(): boolean {
    if (!this.#requests.hasImmediates) {
      this.#turnsLeftToImmediates = turnsGivenToImmediates;
      return false;
    }
    this.#turnsLeftToImmediates -= 1;
    return this.#turnsLeftToImmediates > 0;
  }

  #refuseHeld(work: WorkInFlight, realMs: number, looks: number): void {
    if (looks < heldLooks || realMs < this.#limits.heldMs) return;
    throw new ClockHeldError({ realMs, what: work.what, location: work.caller?.where ?? null });
  }

  #refuseRunaway(): void {
    if (this.#fired < this.#limits.maxTimers) return;
    const pending = this.#pendingByDue()
      .map((entry) => entry.record())
      .filter(({ owner }) => owner !== 'library' && owner !== 'node');
    // A library's timer that ticks for ever wakes nobody: the program itself waits for nothing that could come.
    if (pending.length === 0) throw this.#deadlock();
    throw new VirtualRunawayError({ now: this.now, fired: this.#fired, pending });
  }

  #deadlock(): VirtualDeadlockError {
    const lastTimer = this.timers.findLast(({ owner, end }) => owner === 'learner' && end !== null);
    return new VirtualDeadlockError({
      now: this.now,
      lastTimer,
      unanswered: unansweredRequests(),
      polls: this.#requests.hasImmediates,
    });
  }

  #pendingByDue(): TimerEntry[] {
    return [...this.#pending.values()].toSorted((one, other) => one.due - other.due);
  }
}

function loopEvents(): number {
  return performance.nodeTiming.uvMetricsInfo.events;
}

function nap(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    real.setTimeout(resolve, milliseconds);
  });
}
