import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Kata } from '../catalog/kata.ts';
import { messageOf } from '../catalog/message-of.ts';

/** An answer to a kata has some kilobytes: what is larger is a mistake, and would hold the page. */
const mostBytes = 1024 * 1024;

/** One file of the learner's answer, as it is on disk. */
export interface AnswerFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Null where it cannot be shown; `problem` says why. */
  readonly text: string | null;
  /** One sentence for the learner; an answer with a problem is not judged. */
  readonly problem: string | null;
  /** Whether an editor could not save it. */
  readonly isReadOnly: boolean;
}

/** Reads the files of an answer; whatever is wrong with one of them is told in a sentence. */
export function readAnswer(kata: Kata): AnswerFile[] {
  return kata.files.map((name) => readOne(kata.directory, name));
}

function readOne(directory: string, name: string): AnswerFile {
  const file = path.join(directory, name);
  const told = (problem: string): AnswerFile => ({
    name,
    path: file,
    text: null,
    problem,
    isReadOnly: false,
  });
  try {
    // Followed first: nothing outside of the folder is opened, not even to look at it.
    const real = realpathSync(file);
    if (path.dirname(real) !== realpathSync(directory)) {
      return told(
        `${name} is a link that leads out of the kata's folder. Put the file itself there; until then it is neither shown nor judged.`,
      );
    }
    const { size, mode, isFile } = factsOf(real);
    if (!isFile) return told(`${name} is no file. “Put the starter back” below may help.`);
    if (size > mostBytes) {
      const megabytes = (size / 1024 / 1024).toFixed(1);
      return told(
        `${name} has ${megabytes} MB; an answer has some kilobytes. It is neither shown nor judged.`,
      );
    }
    const text = decode(readFileSync(real));
    if (text === null) {
      return told(
        `${name} is not UTF-8 text. Save it with that encoding; until then it is neither shown nor judged.`,
      );
    }
    return { name, path: file, text, problem: null, isReadOnly: (mode & 0o222) === 0 };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return told(`${name} is gone. “Put the starter back” brings a file back.`);
    }
    return told(`${name} cannot be read: ${messageOf(error)}`);
  }
}

function factsOf(file: string): { size: number; mode: number; isFile: boolean } {
  const stat = statSync(file);
  return { size: stat.size, mode: stat.mode, isFile: stat.isFile() };
}

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
