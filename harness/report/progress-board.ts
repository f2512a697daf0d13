import picocolors from 'picocolors';
import type { Progress, Standing } from '../learner/progress.ts';

/** The parts of the curriculum, in their order. */
export const parts = ['The loop', 'Many at once', 'On the wire', 'Off the loop', 'In production'];

/** Each is another sign, so that nothing depends on colour. */
const marks: Record<Standing, string> = {
  green: picocolors.green('✓'),
  red: picocolors.red('✗'),
  changed: picocolors.yellow('~'),
  new: ' ',
};

const words: Record<Standing, string> = {
  green: 'green',
  red: 'red',
  changed: 'changed since',
  new: '',
};

/** The board of all katas by part, with a bar of how many are green. */
export function drawProgress(rows: readonly Progress[]): string {
  const lines: string[] = [];
  for (const [index, name] of parts.entries()) {
    const own = rows.filter((row) => row.part === index + 1);
    if (own.length > 0) lines.push('', ` ${picocolors.bold(name)}`, ...own.map(drawRow));
  }
  const green = rows.filter((row) => row.standing === 'green').length;
  const next = rows.find((row) => row.standing !== 'green');
  lines.push('', ` ${progressBar(green, rows.length)}  ${green} of ${rows.length} green`);
  if (next !== undefined) lines.push(` Next  npm test katas/${next.kata.slice(0, 2)}`);
  lines.push('');
  return lines.join('\n');
}

/** `━━━━━━────────`, twenty-eight columns. */
export function progressBar(done: number, all: number): string {
  const width = 28;
  const filled = all === 0 ? 0 : Math.round((done / all) * width);
  return `${picocolors.green('━'.repeat(filled))}${picocolors.dim('─'.repeat(width - filled))}`;
}

function drawRow(row: Progress): string {
  const score = row.tests === null ? '' : `${row.green}/${row.tests}`;
  const hints = row.hints === 0 ? '' : `  ${row.hints} hint${row.hints > 1 ? 's' : ''}`;
  const title = row.title.padEnd(36);
  return `   ${marks[row.standing]} ${row.kata.slice(0, 2)}  ${title} ${score.padStart(6)}  ${words[row.standing]}${hints}`.trimEnd();
}
