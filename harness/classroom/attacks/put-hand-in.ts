import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Attack } from './attack.ts';

/** Who hands the attack in. */
export const attacker = 'mallory';

/** What the program `make.ts` of an attack on the intake is given. */
export interface HandInPlace {
  /** The folder of the class: what students handed in lies right in it. */
  readonly directory: string;
  /** The name of the student, for a folder or a zip. */
  readonly student: string;
  readonly kata: string;
  /** What stands for the places that an attack is told of. */
  readonly words: Readonly<Record<string, string>>;
  /** An answer that does nothing: where it is taken, its verdict is `fail`. */
  readonly answer: string;
}

/** Puts what the attacker hands in into the folder of a class. */
export async function putHandIn(
  attack: Attack,
  directory: string,
  words: Readonly<Record<string, string>>,
): Promise<void> {
  if (attack.files.includes('make.ts')) {
    const script = pathToFileURL(path.join(attack.folder, 'make.ts')).href;
    const { make } = (await import(script)) as { make: (place: HandInPlace) => unknown };
    await make({ directory, student: attacker, kata: attack.kata, words, answer: emptyAnswer });
    return;
  }
  putFiles(attack.folder, attack.files, path.join(directory, attacker, attack.kata), words);
  if (attack.before === null) return;
  const name = `${attack.before.slice(3)}.ts`;
  putFiles(
    path.join(attack.folder, 'before'),
    [name],
    path.join(directory, attacker, attack.before),
    words,
  );
}

const emptyAnswer = `export async function fetchAll(): Promise<string[]> {
  throw new Error('the empty answer');
}
`;

function putFiles(
  from: string,
  names: readonly string[],
  to: string,
  words: Readonly<Record<string, string>>,
): void {
  mkdirSync(to, { recursive: true });
  for (const name of names) {
    const source = readFileSync(path.join(from, name), 'utf8');
    writeFileSync(path.join(to, name), spell(source, words));
  }
}

/** `source` with what stands for its `%WORDS%`. */
function spell(source: string, words: Readonly<Record<string, string>>): string {
  return source.replace(/%[A-Z_]+%/g, (word) => words[word] ?? word);
}
