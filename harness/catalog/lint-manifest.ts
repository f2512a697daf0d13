import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import type { Kata, KataManifest } from './kata.ts';
import type { Problem } from './problem.ts';
import { relativePath } from './relative-path.ts';

const text = v.pipe(v.string(), v.trim(), v.nonEmpty('Expected a text'));
const fileName = v.pipe(
  v.string(),
  v.regex(/^[\w.-]+(?:\/[\w.-]+)*$/, 'Expected the name of a file'),
);

const manifestSchema = v.strictObject({
  title: text,
  part: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5)),
  evidence: v.pipe(
    v.array(v.picklist(['C', 'V', 'O', 'W', 'S'])),
    v.nonEmpty('Expected at least one kind of evidence'),
  ),
  goal: v.pipe(text, v.endsWith('.', 'Expected a sentence that ends with a full stop')),
  files: v.pipe(v.array(fileName), v.nonEmpty('Expected the file that a learner edits')),
  modules: v.array(text),
  starter: v.optional(v.literal('unwritten')),
});

/** A kata whose starter may wait for the learner: `"starter": "unwritten"` in its `kata.json`. */
export type JudgedManifest = KataManifest & { readonly starter?: 'unwritten' | undefined };

/** Checks the `kata.json` of one kata's folder. */
export function lintManifest(kata: Pick<Kata, 'directory' | 'slug'>): Problem[] {
  const file = path.join(kata.directory, 'kata.json');
  const result = v.safeParse(manifestSchema, JSON.parse(readFileSync(file, 'utf8')));
  const where = relativePath(file);
  if (!result.success) {
    return result.issues.map((issue) => ({
      where,
      found: `"${v.getDotPath(issue) ?? 'kata.json'}": ${issue.message}.`,
      advice: 'Mend kata.json; harness/catalog/kata.ts says what each field means.',
    }));
  }
  const main = `${kata.slug}.ts`;
  if (result.output.files[0] === main) return [];
  return [
    {
      where,
      found: `The first of "files" is the main file: expected ${main}, got ${result.output.files[0]}.`,
      advice: 'Put the main file first, or name the folder after it.',
    },
  ];
}
