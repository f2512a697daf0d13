import path from 'node:path';
import { readKatas } from '../catalog/kata.ts';
import { nextKata } from '../learner/progress.ts';
import { readState } from '../learner/learner-state.ts';
import { command, parseWords } from './command.ts';

const usage = `Usage: npm run next

Shows the first kata that is not green yet, and how to begin.
`;

await command(async (words) => {
  const { values } = parseWords(words, { help: { type: 'boolean', short: 'h' } });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }

  const kata = nextKata(readKatas(), readState());
  if (kata === null) {
    console.log('\n Every kata is green.\n');
    return 0;
  }
  console.log(
    [
      '',
      ` Kata ${kata.number}  ${kata.title}`,
      '',
      `   ${kata.goal}`,
      '',
      ` Read   katas/${kata.id}/README.md`,
      ` Edit   ${kata.files.map((name) => path.posix.join('katas', kata.id, name)).join(', ')}`,
      ` Run    npm test katas/${kata.number}`,
      '',
    ].join('\n'),
  );
  return 0;
});
