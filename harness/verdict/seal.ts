import { hash } from 'node:crypto';

/** What proves that a record was made by the harness, and that the built-ins were whole when it was. */
export interface Seal {
  /** The first built-in that was found changed; null where all were as before the answer was loaded. */
  readonly changed: string | null;
  readonly tag: string;
}

/** What a seal vouches for. */
export interface Sealed {
  /** The run, by a number that is used once: a seal of an earlier run proves nothing. */
  readonly run: string;
  readonly test: string;
  readonly verdict: string;
  readonly changed: string | null;
}

// Captured, and given strings only: nothing that an answer replaces is called with the secret.
const digest = hash;

/** The tag of a seal: only who knows `secret` can make it. */
export function tagOf(secret: string, { run, test, verdict, changed }: Sealed): string {
  return digest('sha256', `${secret}\n${run}\n${verdict}\n${changed ?? ''}\n${test}\n${secret}`);
}

type Sealer = (test: string, verdict: string, changed: string | null) => Seal | null;

let secret: string | null = null;
let run = '';
let taken = false;

/**
 * From now on the records of this process are sealed with `told`.
 *
 * @throws {Error} if it was told one before: then it is no longer the harness that speaks.
 */
export function beginSealing(told: string): void {
  if (secret !== null) throw new Error('Expected the secret of this process to be told once.');
  secret = told;
}

/** Names the run that the next seals belong to. */
export function beginSealedRun(id: string): void {
  run = id;
}

/** The run that is sealed; null where nothing is, as when a learner tries an answer. */
export function sealedRun(): string | null {
  return secret === null ? null : run;
}

/**
 * Hands over what makes seals; it gives null where nothing is sealed.
 *
 * @throws {Error} the second time: an answer that imports this module gets none.
 */
export function takeSealer(): Sealer {
  if (taken) throw new Error('Expected the sealer to be taken once.');
  taken = true;
  return (test, verdict, changed) => {
    if (secret === null) return null;
    return { changed, tag: tagOf(secret, { run, test, verdict, changed }) };
  };
}
