// In a child program, before its own file: it ends with whoever started it, hears signals where the system has none, and
// has its time from whoever started it if that is asked for.
import { isMainThread } from 'node:worker_threads';

/** What the harness says to the program, beside the messages of a spec. */
interface Order {
  emulatedSignal?: NodeJS.Signals;
  advanceMs?: number;
}

if (isMainThread) {
  // A child that the program forks inherits its options. This file is for the program alone: it would take the child's messages.
  const own = process.execArgv.indexOf(import.meta.url);
  if (own > 0) process.execArgv.splice(own - 1, 2);
  process.on('disconnect', () => {
    process.kill(process.pid, 'SIGKILL');
  });
  const advance = process.env['KATA_CLOCK'] === 'by hand' ? await takeTheClock() : null;
  process.on('message', (message: Order | null) => {
    if (message?.advanceMs !== undefined) void advance?.(message.advanceMs);
    if (message?.emulatedSignal !== undefined) hear(message.emulatedSignal);
  });
  // Listening keeps no program alive that has nothing else to do.
  process.channel?.unref();
}

function hear(name: NodeJS.Signals): void {
  if (!process.emit(name, name)) process.kill(process.pid, name);
}

/** Loaded only where it is needed: most programs live in real time. */
async function takeTheClock(): Promise<(ms: number) => Promise<void>> {
  const { HandClock, real } = await import('../clock/index.ts');
  const clock = HandClock.install();
  process.on('beforeExit', () => {
    // Looks again soon: the timer may be cleared meanwhile.
    if (clock.keepsAlive) real.setTimeout(() => {}, 5);
  });
  return async (ms) => {
    await clock.advance(ms);
    process.send?.({ clockNow: clock.now });
  };
}
