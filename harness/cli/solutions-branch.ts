import { Git } from '../publish/git.ts';
import { buildSolutionsBranch } from '../publish/solutions-branch.ts';
import { projectRoot } from '../trace/source-location.ts';
import { command, parseWords, UsageError } from './command.ts';

const usage = `Usage: npm run solutions:branch [-- --force]

Builds the local branch "solutions": the katas with their solutions in place,
from the commit that is checked out. Your files and your index stay as they are.
--force replaces also a branch of that name that this command did not build.
`;

await command(async (words) => {
  const { values, positionals } = parseWords(words, {
    force: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (positionals.length > 0) {
    throw new UsageError(`Expected no word, got "${positionals.join(' ')}".`);
  }

  const built = buildSolutionsBranch(Git.open(projectRoot), { force: values.force ?? false });
  const [commit, source] = [built.commit.slice(0, 7), built.source.slice(0, 7)];
  console.log(
    built.changed
      ? ` The branch solutions is at ${commit}: ${built.katas} katas, built from ${source}.`
      : ` The branch solutions was at ${commit} already, built from ${source}. Nothing was changed.`,
  );
  if (built.uncommitted > 0) {
    console.log(
      ` Not in it: what is not committed in katas/ and solutions/ (${built.uncommitted}).`,
    );
  }
  console.log(' Publish it: git push --force origin refs/heads/solutions');
  return 0;
});
