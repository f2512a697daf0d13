import { Git } from '../publish/git.ts';
import { PublishError } from '../publish/publish-error.ts';
import { projectRoot } from '../trace/source-location.ts';

/**
 * The katas whose files, answers included, are not as in the branch that this one follows, or, where it follows none, as in the last commit.
 *
 * @param root the checkout.
 * @returns null where git cannot tell: then any may have changed.
 */
export function changedKatas(root = projectRoot): ReadonlySet<string> | null {
  let git: Git;
  try {
    git = Git.open(root);
  } catch (error) {
    if (error instanceof PublishError) return null;
    throw error;
  }
  const base = git.ask(['merge-base', 'HEAD', '@{upstream}']) ?? 'HEAD';
  const folders = ['--', 'katas', 'solutions'];
  const changed = git.ask(['diff', '--name-only', '--no-renames', '-z', base, ...folders]);
  const added = git.ask(['ls-files', '--others', '--exclude-standard', '-z', ...folders]);
  if (changed === null || added === null) return null;
  const files = `${changed}\0${added}`.split('\0');
  return new Set(files.flatMap((file) => file.split('/')[1] ?? []));
}
