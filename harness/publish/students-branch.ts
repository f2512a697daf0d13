import type { EditionFiles } from './edition-files.ts';
import type { Git } from './git.ts';
import { publishBranch } from './publish-branch.ts';
import type { PublishedBranch } from './publish-branch.ts';
import { PublishError } from './publish-error.ts';
import { readSourceCommit } from './source-commit.ts';

/**
 * Builds the local branch `students` from the files of an edition.
 *
 * @throws {PublishError} where something is not committed, so that the edition would not be that of a commit; where somebody else made
 *   the branch.
 */
export function buildStudentsBranch(
  git: Git,
  files: EditionFiles,
  options: { force: boolean },
): PublishedBranch & { readonly source: string } {
  const source = readSourceCommit(git);
  const [uncommitted] = git.run(['status', '--porcelain']).split('\n');
  if (uncommitted !== '') {
    throw new PublishError(
      `Expected that all is committed; ${uncommitted!.slice(3)} is not. With --out the edition is made of the files as they are.`,
    );
  }
  const tree = git.writeTree((index) => {
    const rows = [...files].map(([file, content]) => {
      const blob = git.run(['hash-object', '-w', '--stdin'], { input: Buffer.from(content) });
      return `100644 blob ${blob}\t${Buffer.from(file).toString('latin1')}\0`;
    });
    git.run(['update-index', '-z', '--index-info'], { index, input: rows.join('') });
  });
  const published = publishBranch(git, {
    name: 'students',
    tree,
    title: "The students' edition",
    command: 'npm run edition',
    source,
    force: options.force,
  });
  return { ...published, source: source.id };
}
