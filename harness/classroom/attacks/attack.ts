import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { messageOf } from '../../catalog/message-of.ts';
import { gradeVerdicts } from '../grade-report.ts';
import type { GradeVerdict } from '../grade-report.ts';

/** What attacks aim at. Each group has at least one attack. */
export const attackGroups = [
  'exits',
  'runner',
  'built-ins',
  'detection',
  'forging',
  'reach',
  'exhaustion',
  'files',
  'values',
  'swallowing',
] as const;
export type AttackGroup = (typeof attackGroups)[number];

/** How one of the two runs of an attack has to end. */
export interface ExpectedEnd {
  /** All that are right; never `pass`. */
  readonly verdicts: readonly GradeVerdict[];
  /** A text that the grade, or what intake says of the hand-in, must hold: so it is known that the hostile part did run. Null: any. */
  readonly says: string | null;
}

/** A hand-in that tries to gain a test, or to reach or break something. */
export interface Attack {
  /** The name of its folder: `exits-at-import`. */
  readonly name: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly title: string;
  readonly group: AttackGroup;
  /** The kata that it is judged for. */
  readonly kata: string;
  /** A kata whose answer lies in the folder `before`, and is judged just before in the same place; null where there is none. */
  readonly before: string | null;
  /** Which layer has to hold once the policy does not. */
  readonly without: string;
  /** Tests that the answer passes on its merits, such as one that any answer passes which rejects. */
  readonly deserves: readonly string[];
  readonly expected: {
    /** As a student's hand-in, with all layers. */
    readonly handedIn: ExpectedEnd;
    /** With the policy switched off. */
    readonly unchecked: ExpectedEnd;
  };
  /** Names of hostile files beside `attack.json`; `make.ts` among them makes the hand-in itself. */
  readonly files: readonly string[];
}

const verdict = v.pipe(
  v.picklist(gradeVerdicts),
  v.check((name) => name !== 'pass', 'an attack never passes'),
);
const sentence = v.pipe(v.string(), v.nonEmpty());
const end = v.strictObject({
  verdict: v.union([verdict, v.pipe(v.array(verdict), v.nonEmpty())]),
  says: v.optional(sentence),
});

const attackShape = v.strictObject({
  title: sentence,
  group: v.picklist(attackGroups),
  kata: v.pipe(v.string(), v.regex(/^\d{2}-[a-z0-9-]+$/)),
  before: v.optional(v.string()),
  without: sentence,
  neverPasses: v.literal(true),
  deserves: v.optional(v.array(sentence), []),
  expected: v.strictObject({ handedIn: end, unchecked: end }),
});

/** The attacks of `directory`, one folder each, and sentences on the folders that are none. */
export function readAttacks(directory: string): { attacks: Attack[]; problems: string[] } {
  const attacks: Attack[] = [];
  const problems: string[] = [];
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    try {
      attacks.push(readAttack(path.join(directory, entry.name)));
    } catch (error) {
      problems.push(`${entry.name}: ${messageOf(error)}`);
    }
  }
  return { attacks: attacks.toSorted((one, other) => (one.name < other.name ? -1 : 1)), problems };
}

/** @throws {Error} where the folder does not say what is expected, or holds nothing hostile. */
function readAttack(folder: string): Attack {
  const name = path.basename(folder);
  const told: unknown = JSON.parse(readFileSync(path.join(folder, 'attack.json'), 'utf8'));
  const read = v.safeParse(attackShape, told);
  if (!read.success) {
    const [issue] = read.issues;
    throw new Error(
      `attack.json does not say what is expected: ${v.getDotPath(issue) ?? 'it'}: ${issue.message}`,
    );
  }
  const { title, group, kata, before = null, without, deserves, expected } = read.output;
  if (!name.startsWith(`${group}-`)) {
    throw new Error(`Expected the folder of an attack of "${group}" to begin with ${group}-.`);
  }
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'attack.json')
    .map((entry) => entry.name);
  if (files.length === 0) throw new Error('Expected a hostile file beside attack.json.');
  return {
    name,
    folder,
    title,
    group,
    kata,
    before,
    without,
    deserves,
    expected: { handedIn: endOf(expected.handedIn), unchecked: endOf(expected.unchecked) },
    files,
  };
}

function endOf({ verdict, says }: v.InferOutput<typeof end>): ExpectedEnd {
  return { verdicts: typeof verdict === 'string' ? [verdict] : verdict, says: says ?? null };
}
