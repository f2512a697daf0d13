import { writeStarters } from '../learner/starters.ts';
import { command, parseWords } from './command.ts';

const usage = `Usage: npm run starters

For maintainers: keeps the starters of all katas, for npm run reset. The katas
must hold the starters at that moment, and no answers.
`;

await command(async (words) => {
  const { values } = parseWords(words, { help: { type: 'boolean', short: 'h' } });
  if (values.help) process.stdout.write(usage);
  else writeStarters();
  return 0;
});
