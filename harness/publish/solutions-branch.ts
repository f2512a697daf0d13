import type { Git } from './git.ts';
import { publishBranch } from './publish-branch.ts';
import type { PublishedBranch } from './publish-branch.ts';
import { PublishError } from './publish-error.ts';
import { isWorkflow, readSourceCommit } from './source-commit.ts';

export interface SolutionsBranch extends PublishedBranch {
  /** The commit that it was built from. */
  readonly source: string;
  /** How many katas have their solution in place. */
  readonly katas: number;
  /** Files of `katas/` and `solutions/` that are not as in that commit, so their changes are not in the branch. */
  readonly uncommitted: number;
}

interface Entry {
  /** Mode, kind and id, as git writes them. */
  readonly what: string;
  readonly file: string;
}

/**
 * Builds the local branch `solutions` from the commit that is checked out: its files, with the solutions in the place of the starters. So
 * `git diff -R origin/solutions -- katas/03-three-fetches` shows a learner the way from their answer to the solution.
 *
 * @throws {PublishError} where there is no commit, no solution, or a branch that somebody else made.
 */
export function buildSolutionsBranch(git: Git, options: { force: boolean }): SolutionsBranch {
  const source = readSourceCommit(git);
  const entries = readEntries(git, source.id);
  const solved = new Map(entries.flatMap((entry) => inPlace(entry)));
  if (solved.size === 0) {
    throw new PublishError(
      `There is no solution in the commit ${source.id.slice(0, 7)}: expected files such as solutions/03-three-fetches/three-fetches.ts.`,
    );
  }

  const kept = entries.filter(({ file }) => !isWorkflow(file) && !solved.has(file));
  const all = [...kept, ...[...solved].map(([file, what]) => ({ file, what }))];
  const tree = git.writeTree((index) => {
    const input = all.map(({ what, file }) => `${what}\t${file}\0`).join('');
    git.run(['update-index', '-z', '--index-info'], { index, input });
  });
  const published = publishBranch(git, {
    name: 'solutions',
    tree,
    title: 'Katas with their solutions in place',
    command: 'npm run solutions:branch',
    source,
    force: options.force,
  });
  const katas = new Set([...solved.keys()].map((file) => file.split('/')[1])).size;
  return { ...published, source: source.id, katas, uncommitted: countUncommitted(git) };
}

function readEntries(git: Git, commit: string): Entry[] {
  return git
    .run(['ls-tree', '-r', '-z', '--full-tree', commit])
    .split('\0')
    .filter((row) => row !== '')
    .map((row) => {
      const tab = row.indexOf('\t');
      return { what: row.slice(0, tab), file: row.slice(tab + 1) };
    });
}

/** Where a file of a solution belongs; nothing for what stands beside the solution. */
function inPlace({ what, file }: Entry): [file: string, what: string][] {
  const match = /^solutions\/(?<id>\d\d-[^/]+)\/(?<name>.+)$/.exec(file);
  if (!match?.groups) return [];
  const { id, name } = match.groups;
  if (name === 'README.md' || /^(?:right|wrong)\//.test(name!)) return [];
  return [[`katas/${id}/${name}`, what]];
}

function countUncommitted(git: Git): number {
  const status = ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=all'];
  const rows = git.run([...status, '--', 'katas', 'solutions']).split('\0');
  // A file may have a row for the index and one for the work tree; its name follows two letters and a space.
  return new Set(rows.filter((row) => row !== '').map((row) => row.slice(3))).size;
}
