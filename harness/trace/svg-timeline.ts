import { cutText, plainLine } from './fit-text.ts';
import { formatMs } from './format-ms.ts';
import type { Span } from './span.ts';
import { timeAxis, type TimeAxis } from './time-axis.ts';
import { timelineRows, type TimelineRow } from './timeline-rows.ts';

const width = 600;
const rowHeight = 20;
const barStart = 166;
const barEnd = 470;

/**
 * Draws `spans` as an SVG picture of `title`, to be put into a page or a report.
 *
 * It takes the text's colour of its surroundings (`currentColor`) and, where the page sets them, the colours
 * `--timeline-done`, `-failed`, `-cancelled`, `-open` and `-stall`; outcomes differ by outline and pattern too, and the
 * whole timeline is told in `<desc>`.
 *
 * @param options.until milliseconds to which the axis reaches at least: two timelines beside each other need one scale.
 */
export function timelineSvg(
  spans: readonly Span[],
  options: { title: string; until?: number },
): string {
  const rows = timelineRows(spans, 60);
  const axis = timeAxis([...spans, { start: 0, end: options.until ?? 0 }], 6);
  const height = rows.length * rowHeight + 34;
  const title = escapeXml(plainLine(options.title));
  const told = rows.length === 0 ? 'Nothing was recorded.' : rows.map(tellRow).join(' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="100%" role="img" font-family="ui-monospace, monospace" font-size="12" fill="currentColor">`,
    `<title>${title}</title>`,
    `<desc>${escapeXml(told)}</desc>`,
    ...axisParts(axis, rows.length * rowHeight + 6),
    ...rows.map((row, index) => rowPart(row, axis, index * rowHeight + 4)),
    '</svg>',
  ].join('\n');
}

function rowPart(row: TimelineRow, axis: TimeAxis, top: number): string {
  const { start, end } = 'span' in row ? row.span : row;
  const left = positionOf(start, axis);
  const right = end === null ? barEnd : positionOf(end, axis);
  const style = barStyle(row);
  return [
    `<text x="4" y="${top + 12}">${escapeXml(cutText(labelOf(row), 22))}</text>`,
    `<rect x="${left}" y="${top + 2}" width="${round(Math.max(2, right - left))}" height="12" rx="2" ${style}/>`,
    `<text x="${width - 4}" y="${top + 12}" text-anchor="end">${timeOf(row)}</text>`,
  ].join('');
}

function barStyle(row: TimelineRow): string {
  if (!('span' in row)) return 'fill="currentColor" fill-opacity="0.25"';
  if (row.span.kind === 'stall') {
    return 'fill="var(--timeline-stall, #a626a4)" stroke="currentColor" stroke-width="2"';
  }
  const { outcome } = row.span;
  if (outcome === 'done') return 'fill="var(--timeline-done, #2b8a3e)"';
  if (outcome === 'failed') {
    return 'fill="var(--timeline-failed, #d6336c)" stroke="currentColor"';
  }
  const colour = `var(--timeline-${outcome}, ${outcome === 'open' ? '#1c7ed6' : '#b8860b'})`;
  const dashes = outcome === 'open' ? '8 3' : '3 3';
  return `fill="${colour}" fill-opacity="0.25" stroke="${colour}" stroke-dasharray="${dashes}"`;
}

function axisParts(axis: TimeAxis, top: number): string[] {
  const parts = [
    `<line x1="${barStart}" y1="${top}" x2="${barEnd}" y2="${top}" stroke="currentColor" stroke-opacity="0.5"/>`,
    `<text x="${width - 4}" y="${top + 18}" text-anchor="end">ms</text>`,
  ];
  for (const tick of axis.ticks) {
    const x = positionOf(tick, axis);
    parts.push(
      `<line x1="${x}" y1="0" x2="${x}" y2="${top + 4}" stroke="currentColor" stroke-opacity="0.2"/>`,
      `<text x="${x}" y="${top + 18}" text-anchor="middle">${formatMs(tick)}</text>`,
    );
  }
  return parts;
}

function positionOf(time: number, axis: TimeAxis): number {
  return round(barStart + (Math.max(0, time) / axis.end) * (barEnd - barStart));
}

function tellRow(row: TimelineRow): string {
  if (!('span' in row)) return `${labelOf(row)}, ${timeOf(row)}.`;
  const outcome = row.span.kind === 'stall' ? 'the event loop was blocked' : row.span.outcome;
  return `${labelOf(row)}: ${outcome}, ${timeOf(row)}.`;
}

function labelOf(row: TimelineRow): string {
  if ('span' in row) return plainLine(row.span.label);
  return row.alike ? `… and ${row.more} more like these` : `… and ${row.more} more`;
}

function timeOf(row: TimelineRow): string {
  const { start, end } = 'span' in row ? row.span : row;
  return `${formatMs(start)} – ${end === null ? 'open' : `${formatMs(end)} ms`}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
