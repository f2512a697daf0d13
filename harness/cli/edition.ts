import path from 'node:path';
import { readStarters } from '../learner/starters.ts';
import { collectEdition } from '../publish/edition-files.ts';
import { Git } from '../publish/git.ts';
import { proveEdition } from '../publish/prove-edition.ts';
import { buildStudentsBranch } from '../publish/students-branch.ts';
import { writeEdition } from '../publish/write-edition.ts';
import { projectRoot } from '../trace/source-location.ts';
import { command, parseWords, UsageError } from './command.ts';

const usage = `Usage: npm run edition -- --out <folder> [--check]
       npm run edition -- --branch [--force]

Writes the students' edition: the katas with their starters, and what the
commands of a learner need. No solutions, no tests of the harness, no tools for
teachers.

  --out <folder>  writes it there; the folder must be empty, or not there yet
  --check         proves first that it works: npm ci, npm test katas/03
  --branch        builds the local branch "students" instead
  --force         replaces also a branch that this command did not build
`;

await command(async (words) => {
  const { values, positionals } = parseWords(words, {
    out: { type: 'string' },
    check: { type: 'boolean' },
    branch: { type: 'boolean' },
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
  if ((values.out === undefined) === !values.branch) {
    throw new UsageError('Expected either --out <folder> or --branch.');
  }
  if (values.out === '') throw new UsageError('Expected the name of a folder behind --out.');
  if (values.out === undefined ? values.check : values.force) {
    throw new UsageError('Expected --check only with --out, and --force only with --branch.');
  }

  if (values.out === undefined) buildBranch(values.force ?? false);
  else await write(path.resolve(whereTyped(), values.out), values.check ?? false);
  return 0;
});

function buildBranch(force: boolean): void {
  const git = Git.open(projectRoot);
  const files = collectEdition(projectRoot, readStarters());
  const { commit, source, changed } = buildStudentsBranch(git, files, { force });
  const [at, from] = [commit.slice(0, 7), source.slice(0, 7)];
  console.log(
    changed
      ? ` The branch students is at ${at}: ${files.size} files, built from ${from}.`
      : ` The branch students was at ${at} already, built from ${from}. Nothing was changed.`,
  );
  console.log(' Publish it: git push --force origin refs/heads/students');
}

async function write(out: string, check: boolean): Promise<void> {
  const files = collectEdition(projectRoot, readStarters());
  await writeEdition(files, {
    root: projectRoot,
    out,
    ...(check && { prove: (folder) => proveEdition(folder, projectRoot) }),
  });
  console.log(` The students' edition is in ${out}: ${files.size} files.`);
  if (check) console.log(' It was installed there, and judges kata 03.');
}

/** npm starts its scripts in the checkout's root, wherever its user is. */
function whereTyped(): string {
  const { npm_lifecycle_event: script, INIT_CWD: typedIn } = process.env;
  return (script === 'edition' ? typedIn : undefined) ?? process.cwd();
}
