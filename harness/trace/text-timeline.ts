import picocolors from 'picocolors';
import { cutText, displayWidth, fitText, plainLine } from './fit-text.ts';
import { formatMs } from './format-ms.ts';
import type { Span } from './span.ts';
import { timeAxis, type TimeAxis } from './time-axis.ts';
import { timelineRows, type TimelineRow } from './timeline-rows.ts';

export interface TimelineOptions {
  /** Columns that no line exceeds; 72 by default. */
  readonly width?: number;
  /** Says beside the axis that the milliseconds are virtual. */
  readonly virtual?: boolean;
  /** Adds colour; what a bar means is told by its fill as well. */
  readonly colour?: boolean;
  /** Rows of bars at most; 24 by default. */
  readonly maxRows?: number;
}

type Fill = 'done' | 'failed' | 'cancelled' | 'open' | 'stall' | 'more';

const fills: Readonly<Record<Fill, string>> = {
  done: '█',
  failed: '×',
  cancelled: '╌',
  open: '>',
  stall: '▒',
  more: '·',
};

const meanings: readonly (readonly [Fill, string])[] = [
  ['done', 'done'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['open', 'not ended'],
  ['stall', 'event loop blocked'],
];

const colours = picocolors.createColors(true);
const paints: Readonly<Record<Fill, (text: string) => string>> = {
  done: colours.green,
  failed: colours.red,
  cancelled: colours.yellow,
  open: colours.cyan,
  stall: colours.magenta,
  more: colours.dim,
};

/**
 * Draws `spans` as bars on one axis of milliseconds, for a terminal; an empty list gives an empty string.
 *
 * ```
 * GET /a  ██████████                      0 – 1000 ms
 * GET /b            ██████████         1000 – 2000 ms
 *         ├─────────┼─────────┤
 *         0         1000      2000     ms
 * ```
 */
export function drawTimeline(spans: readonly Span[], options: TimelineOptions = {}): string {
  if (spans.length === 0) return '';
  const { width = 72, virtual = false, colour = false, maxRows = 24 } = options;
  const rows = timelineRows(spans, Math.max(2, maxRows));
  const times = rows.map(timeText);
  const unit = virtual ? 'virtual ms' : 'ms';
  const timeWidth = widest([...times, unit]);
  const labels = rows.map(labelText);
  const labelWidth = Math.min(widest(labels), Math.max(4, Math.floor((width - timeWidth) * 0.4)));
  const barWidth = width - labelWidth - timeWidth - 3;
  // Too narrow for a bar that says anything: the times alone still do.
  if (barWidth < 8) return rows.map((_, index) => narrow(labels[index]!, times[index]!)).join('\n');

  const axis = timeAxis(spans, Math.max(1, Math.floor(barWidth / 10)));
  const paint = (fill: Fill, text: string) => (colour && text !== '' ? paints[fill](text) : text);
  const lines = rows.map((row, index) => {
    const label = fitText(labels[index]!, labelWidth);
    const bar = barOf(row, axis, barWidth, paint);
    return `${label} ${bar}  ${times[index]!.padStart(timeWidth)}`;
  });
  const indent = ' '.repeat(labelWidth + 1);
  lines.push(...axisLines(axis, barWidth, unit, timeWidth).map((line) => indent + line));
  const legend = legendLine(rows, paint);
  if (legend !== '') lines.push(legend);
  return lines.map((line) => line.trimEnd()).join('\n');

  function narrow(label: string, time: string): string {
    return cutText(`${time} ${label}`, width);
  }

  function legendLine(rows: readonly TimelineRow[], paint: (fill: Fill, text: string) => string) {
    const occurring = new Set(rows.map(fillOf));
    const entries = meanings.filter(([fill]) => occurring.has(fill));
    if (entries.length === 0 || (entries.length === 1 && entries[0]![0] === 'done')) return '';
    const plain = entries.map(([fill, meaning]) => `${fills[fill]} ${meaning}`);
    if (displayWidth(plain.join('   ')) > width) return cutText(plain.join(' '), width);
    return entries.map(([fill, meaning]) => `${paint(fill, fills[fill])} ${meaning}`).join('   ');
  }
}

function barOf(
  row: TimelineRow,
  axis: TimeAxis,
  width: number,
  paint: (fill: Fill, text: string) => string,
): string {
  const { start, end } = 'span' in row ? row.span : row;
  // Both edges round alike, so that a bar begins where the one before it ended.
  const from = Math.min(width - 1, columnOf(start, axis, width));
  const to = Math.max(from + 1, end === null ? width : columnOf(end, axis, width));
  const fill = fillOf(row);
  return ' '.repeat(from) + paint(fill, fills[fill].repeat(to - from)) + ' '.repeat(width - to);
}

function columnOf(time: number, axis: TimeAxis, width: number): number {
  return Math.min(width, Math.max(0, Math.round((time / axis.end) * width)));
}

function axisLines(axis: TimeAxis, width: number, unit: string, timeWidth: number): string[] {
  const rule = Array.from({ length: width }, () => '─');
  let numbers = '';
  for (const [index, tick] of axis.ticks.entries()) {
    const column = Math.min(width - 1, columnOf(tick, axis, width));
    rule[column] = index === 0 ? '├' : '┼';
    const text = formatMs(tick);
    // The last number may end at the bar's edge, but never runs into the one before it.
    const at = Math.min(column, width - text.length);
    if (index === 0 || at > numbers.length) numbers = numbers.padEnd(at) + text;
  }
  if (rule[width - 1] === '┼') rule[width - 1] = '┤';
  return [rule.join(''), `${numbers.padEnd(width)}  ${unit.padStart(timeWidth)}`];
}

function fillOf(row: TimelineRow): Fill {
  if (!('span' in row)) return 'more';
  return row.span.kind === 'stall' ? 'stall' : row.span.outcome;
}

function labelText(row: TimelineRow): string {
  if ('span' in row) return plainLine(row.span.label);
  return row.alike ? `… and ${row.more} more like these` : `… and ${row.more} more`;
}

function timeText(row: TimelineRow): string {
  const { start, end } = 'span' in row ? row.span : row;
  return `${formatMs(start)} – ${end === null ? 'open' : `${formatMs(end)} ms`}`;
}

function widest(texts: readonly string[]): number {
  let width = 0;
  for (const text of texts) width = Math.max(width, displayWidth(text));
  return width;
}
