import type { HoldSamples } from './hold-sampler.ts';
import { real, realDelay } from '../trace/real-time.ts';
import { sampling, type WatchdogMemory } from './watchdog-memory.ts';

/** The worker answers within milliseconds, unless the machine stands still. */
const PATIENCE_MS = 5000;
const POLL_MS = 2;

/** Asks the watchdog's worker to look at this thread's stack in every hold. Resolves to whether it does. */
export async function beginSampling(memory: WatchdogMemory): Promise<boolean> {
  memory.set('sampling', sampling.asked);
  return until(() => memory.get('sampling') === sampling.on);
}

/** Ends what `beginSampling` began. Resolves to what was seen, or null where the worker did not answer. */
export async function endSampling(memory: WatchdogMemory): Promise<HoldSamples | null> {
  memory.set('sampling', sampling.ending);
  if (!(await until(() => memory.get('sampling') === sampling.off))) return null;
  return JSON.parse(memory.readText('samples')) as HoldSamples;
}

async function until(condition: () => boolean): Promise<boolean> {
  const deadline = real.now() + PATIENCE_MS;
  while (!condition()) {
    if (real.now() > deadline) return false;
    await realDelay(POLL_MS);
  }
  return true;
}
