import { createHash } from 'node:crypto';
import type { Kata } from '../../catalog/kata.ts';

/** All queues of this project begin with it; raised with every change of what a job or its result looks like. */
export const queuePrefix = 'event-loop-katas-v1-';

/**
 * The queue of all who judge alike: its name holds a hash of the harness of every kata. So a worker with another harness cannot even take a job
 * by mistake, and two versions can share a server while one follows the other.
 *
 * @param harnessOf by `harnessHasher`.
 */
export function queueName(katas: readonly Kata[], harnessOf: (kata: Kata) => string): string {
  const hash = createHash('sha256');
  for (const kata of katas) hash.update(`${kata.id} ${harnessOf(kata)}\n`);
  return `${queuePrefix}${hash.digest('hex').slice(0, 16)}`;
}

/** What of the name differs from harness to harness. */
export function harnessPart(name: string): string {
  return name.slice(queuePrefix.length);
}
