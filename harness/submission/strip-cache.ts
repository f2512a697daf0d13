import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { projectRoot } from '../trace/source-location.ts';

const directory = path.join(projectRoot, '.kata', 'stripped');

/**
 * The JavaScript of a TypeScript file: its types replaced by spaces, so that lines and columns stay.
 *
 * It is kept by its content. Node's own compile cache goes by the name, and a kata's code has another one in every run; without this, each
 * run would load Node's type stripper, which takes 70 to 100 ms.
 *
 * @throws {SyntaxError} where the file cannot be read as TypeScript that needs no transform.
 */
export function stripTypes(source: string): string {
  const kept = fileOf(source);
  const known = readIfThere(kept);
  if (known !== null) return known;

  const stripped = stripQuietly(source);
  keep(kept, stripped);
  return stripped;
}

/** Where nothing may be written, as in a sandbox, it is stripped again the next time. */
function keep(file: string, stripped: string): void {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(draft, stripped);
    // In one step, for processes that read it at the same moment.
    renameSync(draft, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EROFS' && code !== 'EACCES') throw error;
  }
}

/** The file of the cache that holds the JavaScript of `source`; null where it cannot be read as TypeScript. */
export function keptStripped(source: string): string | null {
  const kept = fileOf(source);
  if (existsSync(kept)) return kept;
  try {
    stripTypes(source);
  } catch {
    return null;
  }
  return kept;
}

function fileOf(source: string): string {
  return path.join(directory, `${hash('sha256', `${process.version}\n${source}`)}.js`);
}

/** Fills the cache with `files`, where it lacks them; what cannot be read is left for those who load it. */
export function warmStripCache(files: readonly string[]): void {
  for (const file of files) {
    try {
      stripTypes(readFileSync(file, 'utf8'));
    } catch {
      // The process that loads the file tells what is wrong with it.
    }
  }
}

/** Node warns that the function is experimental; a learner can do nothing with that. */
function stripQuietly(source: string): string {
  // oxlint-disable-next-line typescript/unbound-method -- only put back where it was
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
