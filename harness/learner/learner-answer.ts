import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Kata } from '../catalog/kata.ts';

/** The text of one file of an answer; null where the file is gone. */
export function readAnswerFile(kata: Kata, name: string): string | null {
  try {
    return readFileSync(path.join(kata.directory, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A short name for the learner's answer as it is on disk: two answers with the same name are the same. */
export function answerId(kata: Kata): string {
  const texts = kata.files.map((name) => readAnswerFile(kata, name));
  return hash('sha1', JSON.stringify(texts)).slice(0, 16);
}
