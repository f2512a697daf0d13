import { createInterface } from 'node:readline/promises';
import { readState } from '../learner/learner-state.ts';
import { drawComparison } from '../learner/compare.ts';
import { readAnswerFile } from '../learner/learner-answer.ts';
import { progressOf } from '../learner/progress.ts';
import { readSolution } from '../learner/solution-text.ts';
import { command, oneKata, parseWords } from './command.ts';

const usage = `Usage: npm run compare <kata> [-- --yes]

Shows the way from your answer to the solution. Asks first while the kata is not
green; --yes answers that.
`;

await command(async (words) => {
  const { values, positionals } = parseWords(words, {
    yes: { type: 'boolean', short: 'y' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }

  const kata = oneKata(positionals);
  const solution = readSolution(kata);
  const [progress] = progressOf([kata], readState());
  if (progress!.standing !== 'green' && !values.yes && !(await wantsToSee(kata.number))) return 1;

  console.log(`\n Lines with - are yours, lines with + are from ${solution.from}.`);
  for (const [name, theirs] of solution.files) {
    const mine = readAnswerFile(kata, name) ?? '';
    console.log(`\n ${name}\n\n${drawComparison(mine, theirs, process.stdout.columns ?? 80)}\n`);
  }
  return 0;
});

async function wantsToSee(number: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    process.stderr.write(
      `Kata ${number} is not green yet. To see the solution all the same: npm run compare ${number} -- --yes\n`,
    );
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(
    ` Kata ${number} is not green yet. See the solution now? (y/N) `,
  );
  terminal.close();
  return /^y(?:es)?$/i.test(answer.trim());
}
