import { fileURLToPath } from 'node:url';
import { messageOf } from '../../catalog/message-of.ts';
import { readClass } from '../intake/read-class.ts';
import { Judge } from '../judge/judge.ts';
import { checkPolicy } from '../policy/check-policy.ts';
import { attackGroups, readAttacks } from './attack.ts';
import type { Attack } from './attack.ts';
import { Outside } from './outside.ts';
import { runAttack } from './run-attack.ts';
import type { AttackResult, Defences } from './run-attack.ts';

/** So many there are at least: one that is taken away must be missed. */
export const fewestAttacks = 60;

export interface AttackOptions {
  /** Where the attacks lie; default the corpus. */
  readonly directory?: string;
  /** Only attacks whose name holds this text. */
  readonly only?: string;
  /** How many are tried side by side; default 2. */
  readonly lanes?: number;
  /** How long the processes of an attack may take to end, once they are told to; default 20,000. */
  readonly patienceMs?: number;
  /** What opens the defences of a lane; only tests name others. */
  readonly open?: () => Promise<Defences & AsyncDisposable>;
  /** Told after each attack. */
  readonly onResult?: (result: AttackResult, done: number, all: number) => void;
}

export interface AttackRun {
  /** In the order of their names. */
  readonly results: readonly AttackResult[];
  /** What is wrong with the corpus itself, as sentences. */
  readonly problems: readonly string[];
}

/** Two attacks take all the time that they may have; nothing else comes near it. */
const limits = { seconds: 60 };

export const corpus = fileURLToPath(new URL('corpus', import.meta.url));

/**
 * Tries every attack of the corpus on the grader: as a hand-in, and with the policy switched off.
 *
 * @throws {SandboxError} where the sandbox cannot be made.
 */
export async function runAttacks(options: AttackOptions = {}): Promise<AttackRun> {
  const { directory = corpus, only = '', lanes = 2, patienceMs = 20_000 } = options;
  const open = options.open ?? openDefences;
  const { attacks, problems } = readAttacks(directory);
  problems.push(...missingFrom(attacks));
  const chosen = attacks.filter(({ name }) => name.includes(only));
  const waiting = [...chosen];
  const results: AttackResult[] = [];
  const lane = async (): Promise<void> => {
    await using outside = await Outside.open();
    // Its processes must find the secret in the environment that they are started with.
    await using defences = await open();
    for (let attack = waiting.shift(); attack !== undefined; attack = waiting.shift()) {
      const result = await resultOf(attack, () => runAttack(attack, defences, outside, patienceMs));
      results.push(result);
      options.onResult?.(result, results.length, chosen.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, chosen.length) }, lane));
  return { results: results.toSorted((one, other) => (one.name < other.name ? -1 : 1)), problems };
}

function missingFrom(attacks: readonly Attack[]): string[] {
  const problems: string[] = [];
  if (attacks.length < fewestAttacks) {
    problems.push(`Expected at least ${fewestAttacks} attacks, got ${attacks.length}.`);
  }
  const groups = new Set(attacks.map(({ group }) => group));
  for (const group of attackGroups) {
    if (!groups.has(group)) problems.push(`Expected an attack of the group "${group}", got none.`);
  }
  return problems;
}

async function resultOf(attack: Attack, run: () => Promise<AttackResult>): Promise<AttackResult> {
  try {
    return await run();
  } catch (error) {
    const verdicts = { handedIn: 'infrastructure', unchecked: 'infrastructure' } as const;
    return { name: attack.name, verdicts, problems: [`The grader failed: ${messageOf(error)}`] };
  }
}

/** The grader's own parts. One judge for each lane: so what comes after an attack comes to the very processes that saw it. */
async function openDefences(): Promise<Defences & AsyncDisposable> {
  const judge = await Judge.open({ limits });
  return {
    readClass: (directory, { katas }) => readClass(directory, { katas }),
    checkPolicy,
    takeDesk: () => judge.takeDesk(),
    [Symbol.asyncDispose]: () => judge.close(),
  };
}
