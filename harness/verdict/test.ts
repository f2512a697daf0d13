import { afterAll, test as vitestTest } from 'vitest';
import { VirtualClock, real } from '../clock/index.ts';
import { endIdleTimers } from '../clock/virtual-timer.ts';
import { guard } from '../loop/index.ts';
import { drawTimeline } from '../trace/text-timeline.ts';
import { realTurn } from '../trace/real-time.ts';
import { startTrace } from '../trace/trace.ts';
import type { Trace } from '../trace/trace.ts';
import { seed } from '../world/seed.ts';
import { takeChange } from './built-ins.ts';
import { droppedWrites, renewConsoleBudget } from './console-budget.ts';
import { describeFailure } from './explain.ts';
import { InconclusiveError } from './failure.ts';
import { takeIncidents } from './incidents.ts';
import { AbandonedError, withOuterLimit } from './outer-limit.ts';
import { sealedRun, takeSealer } from './seal.ts';
import type { FailureRecord, TestRecord, Verdict } from './test-record.ts';

declare module 'vitest' {
  interface TaskMeta {
    kata?: TestRecord;
  }
}

/** Runs of a test that may end inconclusive before that is its verdict. */
const maximumAttempts = 3;
// Before any answer could ask for it.
const sealer = takeSealer();

/**
 * Declares one test of a kata: a sentence of its contract, and the code that checks it.
 *
 * The body runs off the runner's own stack, so that code that never returns can be ended; a rejection that nobody handled and an error that
 * nobody could catch make the test red, whatever the body saw. A run in which the machine was too busy to judge is repeated, once it is over.
 *
 * @param options.limitMs real time after which the test is still waiting for something that will not come; default 10,000. Virtual time
 *   needs no limit: there a deadlock is known as such.
 */
export function test(name: string, body: () => unknown, options: { limitMs?: number } = {}): void {
  vitestTest(name, { timeout: 0 }, async ({ task }) => {
    const began = real.now();
    let attempts = 0;
    let outcome: Outcome;
    do {
      attempts += 1;
      outcome = await runOnce(name, body, options.limitMs ?? 10_000);
    } while (outcome.verdict === 'inconclusive' && outcome.isOver && attempts < maximumAttempts);

    const { verdict, failure, trace } = outcome;
    const seal = sealedRun() === null ? null : sealer(name, verdict, takeChange());
    const record: TestRecord = {
      verdict,
      failure,
      spans: trace.spans,
      virtual: trace.virtual,
      virtualMs: trace.virtualMs,
      realMs: real.now() - began,
      seed: String(seed()),
      attempts,
      droppedWrites: droppedWrites(),
      ...(seal && { seal }),
    };
    task.meta.kata = record;
    if (failure !== null) throw redError(failure, trace);
  });
}

interface Outcome {
  readonly verdict: Verdict;
  readonly failure: FailureRecord | null;
  readonly trace: Trace;
  /** Whether nothing of the body goes on. */
  readonly isOver: boolean;
}

async function runOnce(name: string, body: () => unknown, limitMs: number): Promise<Outcome> {
  const trace = startTrace();
  renewConsoleBudget();
  const errors: unknown[] = [];
  try {
    await withOuterLimit(guard(body, name), { limitMs, trace });
  } catch (error) {
    errors.push(error);
  } finally {
    VirtualClock.active?.uninstall();
  }
  // A rejection is told as unhandled only once the microtasks of its turn are over.
  await realTurn();
  await realTurn();
  const incidents = takeIncidents();
  // Whatever else went wrong, it came of this.
  errors.unshift(...incidents.filter((incident) => incident.kind === 'crash'));
  errors.push(...incidents.filter((incident) => incident.kind !== 'crash'));

  const isOver = !errors.some((error) => error instanceof AbandonedError);
  if (isOver) endIdleTimers();
  if (errors.length === 0) return { verdict: 'pass', failure: null, trace, isOver };
  const error = errors.find((candidate) => !(candidate instanceof InconclusiveError)) ?? errors[0];
  // By class: an error that the learner made may say anything of itself.
  const verdict = error instanceof InconclusiveError ? 'inconclusive' : 'fail';
  return { verdict, failure: describeFailure(error), trace, isOver };
}

/** What plain Vitest and an editor show: the same sentence and timeline as the kata's own reporter. */
function redError(failure: FailureRecord, trace: Trace): Error {
  const timeline = drawTimeline(trace.spans, { virtual: trace.virtual });
  const parts = [failure.message, failure.advice, timeline].filter(Boolean);
  const error = new Error(parts.join('\n\n'));
  error.name = failure.kind;
  const place = failure.location;
  error.stack = `${error.name}: ${error.message}${place ? `\n    at ${place.file}:${place.line}:1` : ''}`;
  return error;
}

/** What went wrong after the last test still makes the file red. */
export function reportLateIncidents(): void {
  afterAll(() => {
    const [late] = takeIncidents();
    if (late !== undefined) throw late;
  });
}
