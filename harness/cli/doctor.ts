import { drawFinding } from '../doctor/draw-finding.ts';
import { examine } from '../doctor/examine.ts';
import { command, parseWords, UsageError } from './command.ts';

const usage = `Usage: npm run doctor

Looks at what the katas need on this machine: Node, packages, git, a server on
loopback, cores, memory, the folder .kata, and whether it is quiet enough to
judge. Each line says that it is well, or what to do.

Exit code: 0 the katas can be judged, 1 something is wrong, 2 wrong usage.
`;

await command(async (words) => {
  const { values, positionals } = parseWords(words, { help: { type: 'boolean', short: 'h' } });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (positionals.length > 0) {
    throw new UsageError(`Expected no word, got "${positionals.join(' ')}".`);
  }

  console.log();
  let wrong = 0;
  for await (const finding of examine()) {
    if (finding.state === 'wrong') wrong += 1;
    console.log(drawFinding(finding));
  }
  console.log(
    wrong === 0 ? '\n The katas can be judged here.\n' : '\n Mend what has a ✗, and ask again.\n',
  );
  return wrong === 0 ? 0 : 1;
});
