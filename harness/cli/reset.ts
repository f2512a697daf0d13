import path from 'node:path';
import { resetKata, restoreKata } from '../learner/reset.ts';
import { projectRoot } from '../trace/source-location.ts';
import { command, oneKata, parseWords } from './command.ts';

const usage = `Usage: npm run reset <kata> [-- --restore]

Puts the starter back. Your version is kept aside, and --restore brings it back.
`;

await command(async (words) => {
  const { values, positionals } = parseWords(words, {
    restore: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }

  const kata = oneKata(positionals);
  if (values.restore) {
    const before = restoreKata(kata);
    console.log(
      ` Your version of kata ${kata.number} is back. The one before it: ${shown(before)}`,
    );
    return 0;
  }
  const kept = resetKata(kata);
  console.log(
    kept === null
      ? ` Kata ${kata.number} is the starter already. Nothing was changed.`
      : ` Kata ${kata.number} is the starter again. Your version: ${shown(kept)}\n Back to it: npm run reset ${kata.number} -- --restore`,
  );
  return 0;
});

function shown(directory: string): string {
  return path.relative(projectRoot, directory).split(path.sep).join('/');
}
