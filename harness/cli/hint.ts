import { nextHint } from '../learner/hints.ts';
import { wrapMarkdown } from '../report/wrap-markdown.ts';
import { command, oneKata, parseWords } from './command.ts';

const usage = `Usage: npm run hint <kata>

Shows one more hint each time: a nudge, the tool, nearly there.
`;

await command(async (words) => {
  const { values, positionals } = parseWords(words, { help: { type: 'boolean', short: 'h' } });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }

  const kata = oneKata(positionals);
  const hint = nextHint(kata);
  const lines = wrapMarkdown(hint.text, 74).map((line) => (line === '' ? '' : `   ${line}`));
  console.log(
    ['', ` Hint ${hint.level} of ${hint.of}: ${hint.title}`, '', ...lines, ''].join('\n'),
  );
  if (hint.level < hint.of) console.log(` One more: npm run hint ${kata.number}\n`);
  return 0;
});
