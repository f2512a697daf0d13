let chosen: number | null = null;

/**
 * The seed of everything random in this process: `KATA_SEED`, or one that is drawn once.
 *
 * @throws {RangeError} if `KATA_SEED` is no whole number from 0 to 2³²−1.
 */
export function seed(): number {
  chosen ??= readSeed(process.env['KATA_SEED']) ?? drawSeed();
  return chosen;
}

/**
 * Begins anew with the seed `text`, in a process that judges several answers; one is drawn at the first use where there is none.
 *
 * @throws {RangeError} as `seed` does.
 */
export function beginSeed(text: string | undefined): void {
  chosen = readSeed(text);
}

/** Not by node:crypto, which is work for Node that a virtual clock has to look at: the seed may be drawn while it runs. */
function drawSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

/** What a failure that depended on chance tells its reader: how to see it again. */
export function replayHint(): string {
  return `Run again with KATA_SEED=${seed()} to get the same input.`;
}

function readSeed(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value;
  throw new RangeError(
    `Expected KATA_SEED to be a whole number from 0 to ${2 ** 32 - 1}, got \`${text}\`.`,
  );
}
