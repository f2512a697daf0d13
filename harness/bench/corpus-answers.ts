import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kata } from '../catalog/kata.ts';
import type { GradeVerdict } from '../classroom/grade-report.ts';

/** An attack that is handed in like an answer. */
export interface CorpusAnswer {
  /** The name of its folder. */
  readonly name: string;
  /** By the names in `kata.json`. */
  readonly files: ReadonlyMap<string, string>;
  readonly expected: readonly GradeVerdict[];
}

/** What of an `attack.json` is needed here. */
interface AttackManifest {
  readonly group: string;
  readonly kata: string;
  readonly before?: string;
  readonly expected: {
    readonly handedIn: { readonly verdict: GradeVerdict | readonly GradeVerdict[] };
  };
}

const corpusDirectory = fileURLToPath(new URL('../classroom/attacks/corpus', import.meta.url));

/** There could be many in one class that exhaust the machine; and others are hostile by their names and bytes, which a made class does not keep. */
const leftOut: ReadonlySet<string> = new Set(['exhaustion', 'files']);

/**
 * The attacks of the corpus on `kata` that are the text of an answer and no more. Those are left out that must be told of places, or need an
 * answer before them: they have a place of their own to run in.
 */
export function corpusAnswers(
  kata: Pick<Kata, 'id' | 'files'>,
  corpus: string = corpusDirectory,
): CorpusAnswer[] {
  if (!existsSync(corpus)) return [];
  return readdirSync(corpus)
    .toSorted((one, other) => (one < other ? -1 : 1))
    .flatMap((name) => answerIn(path.join(corpus, name), kata) ?? []);
}

function answerIn(folder: string, kata: Pick<Kata, 'id' | 'files'>): CorpusAnswer | null {
  const told = path.join(folder, 'attack.json');
  if (!existsSync(told) || existsSync(path.join(folder, 'make.ts'))) return null;
  const attack = JSON.parse(readFileSync(told, 'utf8')) as AttackManifest;
  const isOther = attack.kata !== kata.id || attack.before !== undefined;
  if (isOther || leftOut.has(attack.group)) return null;

  const there = kata.files.filter((name) => existsSync(path.join(folder, name)));
  const files = new Map(
    there.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')] as const),
  );
  const needsPlaces = [...files.values()].some((text) => /%[A-Z_]+%/.test(text));
  if (!files.has(kata.files[0]!) || needsPlaces) return null;
  return {
    name: path.basename(folder),
    files,
    expected: [attack.expected.handedIn.verdict].flat(),
  };
}
