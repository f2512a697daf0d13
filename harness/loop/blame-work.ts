import type { Blame } from './blame.ts';

/** placeholder */
export async function blameWork(
  run: (use: (work: () => unknown) => Promise<void>) => Promise<void>,
): Promise<Blame | null> {
  await run(async (work) => void (await work()));
  return null;
}
