import fs from 'node:fs';
import { workerData } from 'node:worker_threads';
import { blamedFrame, ownerOf, type SourceLocation } from '../trace/source-location.ts';
import { hangSentence, type HangReport } from './hang-report.ts';
import { MainThreadDebugger } from './main-thread-debugger.ts';
import { HoldSampler } from './hold-sampler.ts';
import { glimpseOfMainThread } from './main-thread.ts';
import { Silence } from './silence.ts';
import { phases, WatchdogMemory } from './watchdog-memory.ts';

/** What `startWatchdog` hands to its worker. */
export interface WatchdogData {
  readonly shared: SharedArrayBuffer;
  readonly killMs: number;
  /** A file that gets one line of JSON, a `HangReport`, before the process is killed; or an empty string. */
  readonly reportFile: string;
}

const STEP_MS = 20;
/** How long a stack may take to come before the main thread is known to be in a native call. */
const ANSWER_MS = 700;
/** How often, and for how long each, a silent thread is let go on because none of the learner's code was on its stack. */
const MOST_EXCUSES = 5;
const EXCUSE_MS = 200;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- handed over by startWatchdog alone
const { shared, killMs, reportFile } = workerData as WatchdogData;
const memory = new WatchdogMemory(shared);
const mainThread = new MainThreadDebugger();
const silence = new Silence(STEP_MS);
const sampler = new HoldSampler(memory, mainThread);
let askedAt: number | null = null;
let excuses = 0;

const timer = setInterval(step, STEP_MS);

function step(): void {
  if (memory.get('stop') === 1) return end();
  silence.add({ at: performance.now(), beats: memory.get('beats'), ...glimpseOfMainThread() });
  if (silence.ms < killMs) sampler.watch();
  if (silence.ms === 0) {
    if (askedAt !== null) mainThread.disable();
    askedAt = null;
    excuses = 0;
    return;
  }
  if (memory.get('beats') === 0 || memory.get('hung') === 1) return;
  if (askedAt !== null && silence.ms > askedAt + ANSWER_MS) return kill(null);
  if (askedAt !== null || silence.ms < killMs + excuses * EXCUSE_MS) return;

  askedAt = silence.ms;
  mainThread.enable();
  mainThread.pause(judge);
}

/** Says what is to become of a main thread that has been silent for too long, by its stack. */
function judge(frames: SourceLocation[]): 'resume' | 'terminate' {
  const location = blamedFrame(frames);
  if (!location) {
    // The runner itself is at work, or a library; it may yet come back.
    excuses += 1;
    askedAt = null;
    if (excuses > MOST_EXCUSES) kill(null);
    return 'resume';
  }
  if (currentPhase() !== 'test' || frames.some(isRunner)) kill(location);
  memory.writeText('hang', JSON.stringify(reportOf(location)));
  memory.set('hung', 1);
  askedAt = null;
  return 'terminate';
}

/** Unwinding the runner's own frames would leave it waiting for ever. */
function isRunner({ file }: SourceLocation): boolean {
  return ownerOf(file) === 'library' && /node_modules[\\/]@?vitest[\\/]/.test(file);
}

function reportOf(location: SourceLocation | null, callee: string | null = null): HangReport {
  const phase = currentPhase();
  const message = hangSentence(phase, silence.ms, callee);
  return { phase, message, location, callee, test: memory.readText('test') };
}

/** Ends the process: what cannot be interrupted, or not without harm, takes its whole file with it. */
function kill(location: SourceLocation | null): never {
  const report = location ? reportOf(location) : reportOfNativeCall();
  const place = report.location;
  const at = place ? `\n  at ${place.functionName} (${place.file}:${place.line})` : '';
  if (reportFile !== '') fs.appendFileSync(reportFile, `${JSON.stringify(report)}\n`);
  fs.writeSync(2, `\n${report.message}${at}\n`);
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way; nothing more may happen here.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  throw new Error('Expected the process to have ended.');
}

function reportOfNativeCall(): HangReport {
  const text = memory.readText('call');
  if (text === '') return reportOf(null, 'a native function');
  const call = JSON.parse(text) as { callee: string; location: SourceLocation | null };
  return reportOf(call.location, call.callee);
}

function currentPhase() {
  return phases[memory.get('phase')]!;
}

function end(): void {
  clearInterval(timer);
  sampler.stop();
  mainThread.disconnect();
}
