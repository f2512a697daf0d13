import { fails, holds, type MatcherResult } from './matcher-result.ts';
import { realTurn } from '../../trace/real-time.ts';
import { isThenable, watchSettlement } from './settlement.ts';
import { showValue } from './show-value.ts';

/** The promise has not settled after one turn of the event loop; under `.not`, it has. */
export async function toBePending(promise: unknown): Promise<MatcherResult> {
  if (!isThenable(promise))
    return fails(`${showValue(promise)} came at once instead of a promise.`);
  const settlement = watchSettlement(promise);
  // One turn and not two: a virtual clock may move time in the second.
  await realTurn();
  const now = settlement();
  if (now.state === 'pending')
    return holds('The promise is still pending; it should have settled by now.');
  const end =
    now.state === 'fulfilled'
      ? `resolved with ${showValue(now.value)}`
      : `rejected with ${showValue(now.reason)}`;
  return fails(`The promise has already ${end}; it should still be waiting.`);
}
