import type { EventEmitter } from 'node:events';
import { formatLocation } from '../trace/source-location.ts';
import type { SourceLocation } from '../trace/source-location.ts';
import { watchResources } from './opened-resources.ts';
import { threadCpuNow } from '../trace/real-time.ts';
import { turns } from './turns.ts';
import { watchListeners } from './watch-listeners.ts';

export interface LeakAuditOptions {
  /** Signals and emitters on which no listener may be left. */
  readonly targets?: readonly (EventTarget | EventEmitter)[];
  /** Milliseconds of this thread's own CPU in which what is being closed may close; 500 by default. */
  readonly settleMs?: number;
}

/** A comparison of what is open with what was open when it began. */
export interface LeakAudit extends Disposable {
  /** What is left, as sentences for the learner; none when all is closed. Takes real turns of the loop to settle. */
  check(): Promise<string[]>;
}

/**
 * Told by name instead, or other people's: timers are the clock's to tell, and the test runner has timers and pipes of its own.
 */
const uncounted = new Set(
  `Timeout Immediate TickObject TCPSocketWrap TCPServerWrap TCPConnectWrap ConnectWrap PipeWrap TTYWrap
   ProcessWrap Worker MessagePort WriteWrap ShutdownWrap`.split(/\s+/),
);

/**
 * Notes from now on what is opened, to tell later what was left: listeners on `targets`, sockets, servers, workers, child
 * processes, and whatever else Node counts as active.
 *
 * A connection that idles in a client's pool is no leak, nor what `fetch` leaves on its signal until it is collected.
 *
 * @example
 * using audit = auditLeaks({ targets: [signal] });
 * await withTimeout(50, work, { signal });
 * expect(await audit.check()).toEqual([]);
 */
export function auditLeaks(options: LeakAuditOptions = {}): LeakAudit {
  const { targets = [], settleMs = 500 } = options;
  const before = countActive();
  const resources = watchResources();
  const listeners = targets.map((target) => ({
    watch: watchListeners(target),
    carrier: target instanceof AbortSignal ? 'the signal' : 'the emitter',
  }));

  const find = (): string[] => [
    ...listeners.flatMap(({ watch, carrier }) =>
      watch.left().map(({ event, where }) => {
        return `A listener for '${event}'${place('added', where)} is still on ${carrier}.`;
      }),
    ),
    ...resources.left().map(({ name, where }) => `${name}${place('opened', where)} is still open.`),
    ...moreActive(before, countActive()),
  ];

  return {
    check: async () => {
      const cpuAtStart = threadCpuNow();
      for (let turn = 0; find().length > 0; turn += 1) {
        if (turn > 100 && threadCpuNow() - cpuAtStart > settleMs) break;
        await turns(1);
      }
      return together(find());
    },
    [Symbol.dispose]: () => {
      resources[Symbol.dispose]();
      for (const { watch } of listeners) watch[Symbol.dispose]();
    },
  };
}

function place(verb: string, where: SourceLocation | null): string {
  return where === null ? '' : ` ${verb} at ${formatLocation(where)}`;
}

function countActive(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) {
    if (!uncounted.has(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}

function moreActive(before: Map<string, number>, now: Map<string, number>): string[] {
  return [...now]
    .filter(([type, count]) => count > (before.get(type) ?? 0))
    .map(
      ([type, count]) =>
        `${count - (before.get(type) ?? 0)} more of type ${type} still active than before.`,
    );
}

/** The same sentence is told once, with how often it holds. */
function together(sentences: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const sentence of sentences) counts.set(sentence, (counts.get(sentence) ?? 0) + 1);
  return [...counts].map(([sentence, count]) =>
    count === 1 ? sentence : `${sentence} (${count} times)`,
  );
}
