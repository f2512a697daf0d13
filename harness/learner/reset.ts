import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Kata } from '../catalog/kata.ts';
import { projectRoot } from '../trace/source-location.ts';
import { readAnswerFile } from './learner-answer.ts';
import { readStarters } from './starters.ts';
import type { Starters } from './starters.ts';

const keptDirectory = path.join(projectRoot, '.kata', 'kept');

/** What was asked for cannot be done; nothing was changed. */
export class ResetError extends Error {
  override readonly name = 'ResetError';
}

export interface ResetOptions {
  readonly starters?: Starters;
  /** Where the learner's versions are kept. */
  readonly kept?: string;
}

/**
 * Puts the starter of a kata back. The learner's version is copied aside first; only then is a file replaced, each in one step, so a
 * process that is killed at any moment loses nothing.
 *
 * @returns where the learner's version is kept; null where it was the starter already.
 * @throws {ResetError} where the starter is not known.
 */
export function resetKata(kata: Kata, options: ResetOptions = {}): string | null {
  const starter = (options.starters ?? readStarters())[kata.id];
  if (starter === undefined) {
    throw new ResetError(
      `The starter of kata ${kata.number} is not known: npm run starters writes it.`,
    );
  }
  const changed = kata.files.filter(
    (name) => readAnswerFile(kata, name) !== (starter[name] ?? null),
  );
  if (changed.length === 0) return null;

  const kept = keepAside(kata, options.kept ?? keptDirectory);
  for (const name of changed) {
    const file = path.join(kata.directory, name);
    const text = starter[name];
    if (text === undefined) rmSync(file);
    else replace(file, text);
  }
  return kept;
}

/**
 * Brings the version back that was last kept aside, and keeps the one that stands there now.
 *
 * @returns where the version is kept that stood there before.
 * @throws {ResetError} where none was kept.
 */
export function restoreKata(kata: Kata, options: ResetOptions = {}): string {
  const directory = path.join(options.kept ?? keptDirectory, kata.id);
  const last = existsSync(directory) ? versions(directory).at(-1) : undefined;
  if (last === undefined) {
    throw new ResetError(`No version of kata ${kata.number} was kept: npm run reset keeps one.`);
  }

  const before = keepAside(kata, options.kept ?? keptDirectory);
  const from = path.join(directory, last);
  for (const name of readdirSync(from)) {
    const target = path.join(kata.directory, name);
    copyFileSync(path.join(from, name), `${target}.new`);
    renameSync(`${target}.new`, target);
  }
  return before;
}

function keepAside(kata: Kata, kept: string): string {
  const directory = path.join(kept, kata.id);
  mkdirSync(directory, { recursive: true });
  const number = Number(versions(directory).at(-1) ?? 0) + 1;
  const target = path.join(directory, String(number));
  const draft = path.join(directory, `${number}.new`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft);
  for (const name of kata.files) {
    const file = path.join(kata.directory, name);
    if (existsSync(file)) copyFileSync(file, path.join(draft, name));
  }
  // Complete or not there at all.
  renameSync(draft, target);
  return target;
}

function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

/** The kept versions, oldest first; what was being written when a process was killed does not count. */
function versions(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => /^\d+$/.test(name))
    .toSorted((a, b) => Number(a) - Number(b));
}
