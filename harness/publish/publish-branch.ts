import type { Git } from './git.ts';
import { PublishError } from './publish-error.ts';
import type { SourceCommit } from './source-commit.ts';

export interface BranchToPublish {
  /** `solutions` */
  readonly name: string;
  readonly tree: string;
  /** What the commit says in its first line. */
  readonly title: string;
  /** The command that builds it, as in `npm run solutions:branch`: a commit that does not name it is somebody else's. */
  readonly command: string;
  readonly source: SourceCommit;
  /** Replaces also what somebody else made. */
  readonly force: boolean;
}

export interface PublishedBranch {
  readonly commit: string;
  /** False where the branch was at that commit before. */
  readonly changed: boolean;
}

/**
 * Lets a local branch stand at one commit with `tree` and without a parent, and touches neither the work tree nor the index. All of the
 * commit comes from `tree` and `source`, so the same input gives the same commit on every machine. The branch is moved last and in one step.
 *
 * @throws {PublishError} where somebody else made the branch, or it is checked out.
 */
export function publishBranch(git: Git, branch: BranchToPublish): PublishedBranch {
  const { name, command } = branch;
  const ref = `refs/heads/${name}`;
  const before = git.ask(['rev-parse', '--verify', '--quiet', ref]);
  const usedIn = git.run(['for-each-ref', '--format=%(worktreepath)', ref]);
  if (usedIn !== '') {
    const folder = Buffer.from(usedIn, 'latin1').toString();
    throw new PublishError(
      `The branch ${name} is checked out in ${folder}; switch to another branch there first.`,
    );
  }
  if (before !== null && !branch.force && !isBuiltBy(git, before, command)) {
    throw new PublishError(
      `There is a branch ${name} that \`${command}\` did not build: rename it, or replace it with --force.`,
    );
  }

  const commit = git.run(['hash-object', '-t', 'commit', '-w', '--stdin'], {
    input: commitText(branch),
  });
  if (commit === before) return { commit, changed: false };
  // With the old value: a branch that somebody moved meanwhile stays where it is.
  git.run(['update-ref', '-m', command, ref, commit, before ?? '']);
  return { commit, changed: true };
}

function commitText({ tree, title, command, source }: BranchToPublish): string {
  return [
    `tree ${tree}`,
    ...source.people,
    '',
    title,
    '',
    'This branch is built anew for every commit of its source: what is',
    'committed here is lost.',
    '',
    `Built-By: ${command}`,
    `Built-From: ${source.id}`,
    '',
  ].join('\n');
}

function isBuiltBy(git: Git, commit: string, command: string): boolean {
  return git.run(['cat-file', 'commit', commit]).split('\n').includes(`Built-By: ${command}`);
}
