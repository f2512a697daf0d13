import { readKatas } from '../catalog/kata.ts';
import { readState } from '../learner/learner-state.ts';
import { progressOf } from '../learner/progress.ts';
import { drawProgress } from '../report/progress-board.ts';
import { command, parseWords } from './command.ts';

const usage = `Usage: npm run progress [-- --json]

The board of all katas, by the last verdict on each. It runs nothing: npm test
does.
`;

await command(async (words) => {
  const { values } = parseWords(words, {
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }

  const rows = progressOf(readKatas(), readState());
  console.log(values.json ? JSON.stringify(rows, null, 2) : drawProgress(rows));
  return 0;
});
