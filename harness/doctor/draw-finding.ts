import picocolors from 'picocolors';
import { wrapText } from '../trace/wrap-text.ts';
import type { Finding } from './finding.ts';

const width = 79;
const nameWidth = 9;
const marks = {
  ok: picocolors.green('✓'),
  limited: picocolors.yellow('!'),
  wrong: picocolors.red('✗'),
};

/** One finding, with what to do about it below, in 80 columns. */
export function drawFinding({ name, state, text, advice }: Finding): string {
  const indent = ' '.repeat(nameWidth + 5);
  const [first, ...more] = wrapText(text, width - indent.length);
  const lines = [` ${marks[state]} ${name.padEnd(nameWidth)}  ${first}`];
  lines.push(...more.map((line) => indent + line));
  if (advice === undefined) return lines.join('\n');
  const [begin, ...rest] = wrapText(advice, width - indent.length - 2);
  return [...lines, `${indent}→ ${begin}`, ...rest.map((line) => `${indent}  ${line}`)].join('\n');
}
