import fs from 'node:fs';
import { workerData } from 'node:worker_threads';
import { blamedFrame, ownerOf, type SourceLocation } from '../trace/source-location.ts';
import { hangSentence, type HangReport } from './hang-report.ts';
import { MainThreadDebugger } from './main-thread-debugger.ts';
import { HoldSampler } from './hold-sampler.ts';
import { glimpseOfMainThread } from './main-thread.ts';
import { Silence } from './silence.ts';
import { phases, sampling, WatchdogMemory } from './watchdog-memory.ts';

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

const { shared, killMs, reportFile } = workerData as WatchdogData;
const memory = new WatchdogMemory(shared);
const parent = process.ppid;
const mainThread = new MainThreadDebugger();
const silence = new Silence(STEP_MS);
const sampler = new HoldSampler(memory, mainThread);
/** The silence at which the stack was asked for; null while no answer is awaited. */
let askedAt: number | null = null;
let excuses = 0;
/** Whether code of this process had to be ended before. */
let hasHung = false;
let debugging = false;

const timer = setInterval(step, STEP_MS);

function step(): void {
  if (memory.get('stop') === 1) return end();
  // Whoever started this process was killed: nobody waits for a verdict any more, and code that never ends would run on for ever.
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  silence.add({ at: performance.now(), beats: memory.get('beats'), ...glimpseOfMainThread() });
  if (silence.ms === 0) return rest();
  const limit = patience();
  if (silence.ms < limit) return sampler.watch();
  if (askedAt === null && silence.ms >= limit + excuses * EXCUSE_MS) return ask();
  if (askedAt === null) return;
  if (silence.ms >= askedAt + ANSWER_MS) kill(reportOfNativeCall());
  // A request to stop is lost now and then.
  mainThread.pause(judge);
}

/** How much silence is borne now. Outside of a test the whole process is at stake, and under the debugger all is slower. */
function patience(): number {
  const atStake = phases[memory.get('phase')] === 'test' ? 1 : 2;
  const slower = memory.get('sampling') === sampling.off ? 1 : 4;
  // What hung once is red already: a dozen tests that hang in the same line must not take a dozen times as long.
  const known = hasHung ? 1 / 6 : 1;
  return killMs * atStake * slower * known;
}

/** The main thread has given a sign of life. */
function rest(): void {
  sampler.watch();
  excuses = 0;
  askedAt = null;
  if (debugging) mainThread.disable();
  debugging = false;
}

function ask(): void {
  askedAt = silence.ms;
  debugging = true;
  mainThread.enable();
  mainThread.pause(judge);
}

/** Says what is to become of a main thread that has been silent for too long, by its stack. */
function judge(frames: SourceLocation[]): 'resume' | 'terminate' {
  askedAt = null;
  const location = blamedFrame(frames);
  if (!location) return excuse();
  const report = reportOf(location);
  if (report.phase !== 'test' || frames.some(isRunner)) kill(report);
  memory.writeText('hang', JSON.stringify(report));
  hasHung = true;
  memory.set('hung', 1);
  // What runs next gets its full time.
  silence.ms = 0;
  return 'terminate';
}

/** The runner itself is at work, or a library: it may yet come back. */
function excuse(): 'resume' {
  excuses += 1;
  if (excuses > MOST_EXCUSES) kill(reportOf(null));
  return 'resume';
}

/** Unwinding the runner's own frames would leave it waiting for ever. */
function isRunner({ file }: SourceLocation): boolean {
  return ownerOf(file) === 'library' && /node_modules[\\/]@?vitest[\\/]/.test(file);
}

/** Ends the process: what cannot be interrupted, or not without harm, takes its whole file with it. */
function kill(report: HangReport): never {
  const { message, location } = report;
  const place = location && `\n  at ${location.functionName} (${location.file}:${location.line})`;
  if (reportFile !== '') fs.appendFileSync(reportFile, `${JSON.stringify(report)}\n`);
  fs.writeSync(2, `\n${message}${place ?? ''}\n`);
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way; nothing more may happen here.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  throw new Error('Expected the process to have ended.');
}

function reportOfNativeCall(): HangReport {
  if (memory.get('inCall') === 0) return reportOf(null, 'a native function');
  const call = JSON.parse(memory.readText('call')) as Pick<HangReport, 'callee' | 'location'>;
  return reportOf(call.location, call.callee);
}

function reportOf(location: SourceLocation | null, callee: string | null = null): HangReport {
  const phase = phases[memory.get('phase')]!;
  const message = hangSentence(phase, silence.ms, callee);
  return { phase, message, location, callee, test: memory.readText('test') };
}

function end(): void {
  clearInterval(timer);
  sampler.stop();
  mainThread.disconnect();
}
