import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Kata } from '../catalog/kata.ts';
import type { KataResult } from '../runner/kata-result.ts';
import { projectRoot } from '../trace/source-location.ts';

/** What is kept of a verdict: all that `verify` asks of it. */
type Remembered = Pick<KataResult, 'verdict'> & {
  readonly tests: readonly Pick<KataResult['tests'][number], 'name' | 'verdict' | 'failure'>[];
};

/** The folders of the harness that an answer's verdict comes of; the others start these, and tell of it. */
export const judgingFolders = [
  'catalog',
  'clock',
  'loop',
  'runner',
  'submission',
  'trace',
  'verdict',
  'world',
] as const;

/**
 * The verdicts of earlier runs that were as they had to be, by a hash of all that they came of: the answer, the kata, what judges it, the
 * packages and Node. Whoever changes one of these has the answer judged anew.
 */
export class KnownVerdicts {
  readonly #file: string;
  readonly #harness: string;
  readonly #known: Map<string, Remembered>;
  readonly #used = new Map<string, Remembered>();

  private constructor(file: string, harness: string, known: Map<string, Remembered>) {
    this.#file = file;
    this.#harness = harness;
    this.#known = known;
  }

  /** @param file where the verdicts are kept; one that cannot be read is taken as empty. */
  static open(file = path.join(projectRoot, '.kata', 'verified.json')): KnownVerdicts {
    return new KnownVerdicts(file, hashOfHarness(), readKnown(file));
  }

  /** How many answers were not judged, because nothing of theirs has changed. */
  served = 0;

  /** The verdict on this answer, where it is known. */
  find(kata: Kata, submission: string | null): KataResult | null {
    const key = this.#keyOf(kata, submission);
    const known = this.#known.get(key);
    if (known === undefined) return null;
    this.#used.set(key, known);
    this.served += 1;
    const tests = known.tests.map((test) => ({ ...unmeasured, ...test }));
    return { ...known, kata: kata.id, submission, tests, problem: null, output: '', realMs: 0 };
  }

  /** Remembers a verdict that is as it must be. */
  remember(kata: Kata, { submission, verdict, tests }: KataResult): void {
    const kept = tests.map(({ name, verdict, failure }) => ({ name, verdict, failure }));
    this.#used.set(this.#keyOf(kata, submission), { verdict, tests: kept });
  }

  /** Writes down what was remembered, in one step. What was neither found nor remembered is kept too, until it is too much. */
  save(): void {
    const mostKept = 2000;
    const all = new Map([...this.#known, ...this.#used]);
    const kept = [...all].slice(-mostKept);
    mkdirSync(path.dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.new`, JSON.stringify(kept));
    renameSync(`${this.#file}.new`, this.#file);
  }

  #keyOf(kata: Kata, submission: string | null): string {
    const hash = createHash('sha256').update(this.#harness);
    addFolder(hash, kata.directory);
    if (submission !== null) addSubmission(hash, kata, path.resolve(projectRoot, submission));
    return hash.digest('base64url');
  }
}

const unmeasured = {
  spans: [],
  virtual: false,
  virtualMs: 0,
  realMs: 0,
  seed: '',
  attempts: 1,
  droppedWrites: 0,
};

function addSubmission(hash: Hash, kata: Kata, from: string): void {
  if (statSync(from).isFile()) {
    hash.update(readFileSync(from));
    return;
  }
  const folder = [path.join(from, kata.id), from].find((candidate) =>
    existsSync(path.join(candidate, kata.files[0]!)),
  );
  for (const name of kata.files) {
    const file = path.join(folder ?? from, name);
    if (existsSync(file)) hash.update(name).update(readFileSync(file));
  }
}

function hashOfHarness(): string {
  const hash = createHash('sha256').update(process.version);
  for (const name of ['package-lock.json', 'vitest.config.ts']) {
    hash.update(readFileSync(path.join(projectRoot, name)));
  }
  const harness = path.join(projectRoot, 'harness');
  for (const name of readdirSync(harness).filter(isProgram).toSorted()) {
    hash.update(name).update(readFileSync(path.join(harness, name)));
  }
  for (const name of judgingFolders) addFolder(hash, path.join(harness, name));
  return hash.digest('base64url');
}

/** All programs and manifests below `folder`, but tests of the harness. */
function addFolder(hash: Hash, folder: string): void {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(isProgram)
    .toSorted();
  for (const name of names) hash.update(name).update(readFileSync(path.join(folder, name)));
}

function isProgram(name: string): boolean {
  return /\.(?:ts|js|json)$/.test(name) && !name.endsWith('.test.ts');
}

function readKnown(file: string): Map<string, Remembered> {
  try {
    return new Map(JSON.parse(readFileSync(file, 'utf8')) as [string, Remembered][]);
  } catch {
    // Not there yet, or not whole: then everything is judged.
    return new Map();
  }
}
