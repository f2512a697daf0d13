import { kataIds, readKata, readKatas } from '../catalog/kata.ts';
import { selectKatas } from '../catalog/select-katas.ts';
import { readState } from '../learner/learner-state.ts';
import { nextKata } from '../learner/progress.ts';
import { command, parseWords, UsageError } from './command.ts';
import { KataWatcher } from './kata-watcher.ts';

const usage = `Usage: npm run watch [kata]

Judges a kata again on every save; without a word, the first that is not green.
Keys: n next, h hint, c compare, r reset, l list, q quit. Ctrl+C ends it too.
`;

await command(async (words) => {
  const { values, positionals } = parseWords(words, { help: { type: 'boolean', short: 'h' } });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }

  const ids = positionals.length === 0 ? [] : selectKatas(positionals, kataIds());
  if (ids.length > 1) throw new UsageError('Expected one kata to watch.');
  const first =
    ids.length === 1 ? readKata(ids[0]!) : (nextKata(readKatas(), readState()) ?? readKatas()[0]!);
  await using watcher = await KataWatcher.open(first);
  await watcher.ended;
  return 0;
});
process.stdout.write('', () => process.exit());
