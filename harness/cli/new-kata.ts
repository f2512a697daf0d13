import { catalogFolders } from '../catalog/lint-catalog.ts';
import { writeNewKata } from '../catalog/new-kata.ts';
import { command, parseWords, UsageError } from './command.ts';

const usage = `Usage: npm run new-kata -- <number> "<title>" [--part <n>]

Writes a small kata that is complete, for you to change: its starter is red, its
answers are judged as they must be. Nothing that is there is overwritten.

      --part <n>  the part of the curriculum, 1 to 5 (5)

Exit code: 0 written, 2 wrong usage.
`;

await command(main);

async function main(words: string[]): Promise<number> {
  const { values, positionals } = parseWords(words, {
    part: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const [number = '', ...title] = positionals;
  if (!/^\d{2}$/.test(number) || title.length === 0) {
    throw new UsageError(
      `Expected a number of two digits and a title, as in 29 "Retry storms"; got "${positionals.join(' ')}".`,
    );
  }
  const part = values.part ?? '5';
  if (!/^[1-5]$/.test(part)) throw new UsageError(`Expected --part to be 1 to 5, got "${part}".`);

  const files = writeNewKata(
    { number, title: title.join(' '), part: Number(part) },
    catalogFolders,
  );
  for (const file of files) console.log(file);
  console.log(`\nSee that it holds:  npm run verify -- --only files --only catalogue ${number}`);
  console.log('Then change one file after the other, and at the end:  npm run starters');
  return 0;
}
