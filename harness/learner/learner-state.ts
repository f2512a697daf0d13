import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { projectRoot } from '../trace/source-location.ts';

const lastVerdict = v.object({
  verdict: v.picklist(['pass', 'fail', 'inconclusive', 'crashed']),
  /** Tests that were green, and all tests. */
  green: v.number(),
  tests: v.number(),
  /** The answer that was judged: a later one is not known to be the same. */
  answer: v.string(),
});

const schema = v.object({
  /** How many hints of a kata were shown. */
  hints: v.record(v.string(), v.number()),
  /** The last verdict on the learner's own answer, by kata. */
  verdicts: v.record(v.string(), lastVerdict),
});

export type LastVerdict = v.InferOutput<typeof lastVerdict>;
export type LearnerState = v.InferOutput<typeof schema>;

const stateFile = path.join(projectRoot, '.kata', 'learner.json');

/**
 * What is remembered of a learner. The file may be deleted at any time, and what cannot be read is taken as nothing: it holds no work of
 * the learner.
 */
export function readState(file: string = stateFile): LearnerState {
  try {
    return v.parse(schema, JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { hints: {}, verdicts: {} };
  }
}

/** Remembers what `change` makes of the state, in one step: a process that is killed leaves the old state or the new one. */
export function changeState(
  change: (state: LearnerState) => LearnerState,
  file: string = stateFile,
): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(change(readState(file)), null, 2)}\n`);
  renameSync(draft, file);
}
