import type { Git } from './git.ts';
import { PublishError } from './publish-error.ts';

/** The commit from which a branch is built. */
export interface SourceCommit {
  readonly id: string;
  /** The lines of the commit that say who and when, as they stand there: `author …`, `committer …`. */
  readonly people: readonly string[];
}

/**
 * Reads the commit that is checked out, on a branch or not.
 *
 * @throws {PublishError} where nothing was committed yet.
 */
export function readSourceCommit(git: Git): SourceCommit {
  const id = git.ask(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (id === null) throw new PublishError('Expected a commit to build from; there is none yet.');
  const [header] = git.run(['cat-file', 'commit', id]).split('\n\n', 1);
  // With the encoding, where a commit names one: the names of the people are written in it.
  const people = header!.split('\n').filter((line) => /^(?:author|committer|encoding) /.test(line));
  return { id, people };
}

/** Nothing of this is on a published branch: GitHub's own token may not push workflows, and none shall run there. */
export function isWorkflow(file: string): boolean {
  return file.startsWith('.github/');
}
