import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { messageOf } from '../catalog/message-of.ts';
import type { EditionFiles } from './edition-files.ts';
import { PublishError } from './publish-error.ts';

export interface WriteEditionOptions {
  /** The checkout that the edition is made from. */
  readonly root: string;
  /** Where the edition shall lie: a folder that is not there yet, or is empty. */
  readonly out: string;
  /** Called with the complete folder before it gets its name; where it rejects, there will be no edition. */
  readonly prove?: (folder: string) => Promise<void>;
}

/**
 * Writes an edition. It grows in a folder beside `out`, which gets its name in one step at the end: whenever the process is killed, `out` is
 * either not there or complete. What was left beside it is removed by the next call.
 *
 * @throws {PublishError} where something lies at `out`, or it cannot be written.
 * @throws what `prove` rejects with.
 */
export async function writeEdition(
  files: EditionFiles,
  { root, out, prove }: WriteEditionOptions,
): Promise<void> {
  refuse(root, out);
  const growing = `${out}.unfinished-${process.pid}`;
  try {
    removeAbandoned(out);
    makeFolder(growing);
    for (const [name, content] of files) {
      const file = path.join(growing, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    await prove?.(growing);
    if (existsSync(out)) rmdirSync(out);
    renameSync(growing, out);
  } catch (error) {
    rmSync(growing, { recursive: true, force: true });
    const isOfSystem = error instanceof Error && 'syscall' in error;
    if (!isOfSystem) throw error;
    throw new PublishError(`The edition cannot be written to ${out}: ${messageOf(error)}.`);
  }
}

/** As `mkdir -p`. Node's own one never ends where a system refuses a new folder with ENOENT, as Linux does in /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent);
  mkdirSync(folder);
}

function refuse(root: string, out: string): void {
  const relative = path.relative(root, out);
  const isInside = relative !== '..' && !relative.startsWith(`..${path.sep}`);
  if (isInside && !path.isAbsolute(relative)) {
    throw new PublishError(`Expected a folder outside of this checkout, got ${out}.`);
  }
  let found: string[];
  try {
    found = readdirSync(out);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new PublishError(`Expected a folder that is empty or not there: ${messageOf(error)}.`);
  }
  if (found.length > 0) {
    throw new PublishError(
      `Expected a folder that is empty or not there; ${out} holds ${found[0]}${found.length > 1 ? ` and ${found.length - 1} more` : ''}.`,
    );
  }
}

/** A process that was killed could not tidy up after itself. */
function removeAbandoned(out: string): void {
  const folder = path.dirname(out);
  if (!existsSync(folder)) return;
  const prefix = `${path.basename(out)}.unfinished-`;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix) || isAlive(Number.parseInt(name.slice(prefix.length), 10)))
      continue;
    rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
