import type { DemoFigures } from './bench-demo.ts';

const columns: readonly [heading: string, width: number, cell: (figures: DemoFigures) => string][] =
  [
    ['total', 8, ({ totalMs }) => time(totalMs)],
    ['per s', 8, ({ requestsPerSecond }) => requestsPerSecond.toFixed(1)],
    ['p50', 8, ({ p50Ms }) => time(p50Ms)],
    ['p99', 8, ({ p99Ms }) => time(p99Ms)],
    ['errors', 7, ({ errors }) => String(errors)],
    ['stall', 8, ({ longestStallMs }) => time(longestStallMs)],
    ['healthz', 8, ({ healthzMs }) => time(healthzMs)],
  ];
const nameWidth = 22;

/** The article's table, 80 columns wide. */
export function drawTable(figures: readonly DemoFigures[]): string {
  const heading = columns.map(([name, width]) => name.padStart(width)).join('');
  const rows = figures.map(
    (row) =>
      row.path.padEnd(nameWidth) +
      columns.map(([, width, cell]) => cell(row).padStart(width)).join(''),
  );
  return [' '.repeat(nameWidth) + heading, ...rows].join('\n');
}

/** Two bars for each path: how long all requests took, and how long /healthz waited meanwhile. */
export function drawSvg(figures: readonly DemoFigures[]): string {
  const [labelWidth, barWidth, rowHeight] = [190, 420, 52];
  const longest = Math.max(
    1,
    ...figures.flatMap(({ totalMs, healthzMs }) => [totalMs, healthzMs ?? 0]),
  );
  const bar = (ms: number | null, y: number, name: string): string => {
    const width = Math.max(1, ((ms ?? 0) / longest) * barWidth);
    return `<rect class="${name}" x="${labelWidth}" y="${y}" width="${width.toFixed(1)}" height="14"/>
<text x="${(labelWidth + width + 6).toFixed(1)}" y="${y + 12}">${name} ${time(ms)}</text>`;
  };
  const rows = figures.map((row, index) => {
    const y = 10 + index * rowHeight;
    return `<text x="0" y="${y + 20}">${row.path}</text>
${bar(row.totalMs, y, 'total')}
${bar(row.healthzMs, y + 17, 'healthz')}`;
  });
  const [width, height] = [labelWidth + barWidth + 130, 10 + figures.length * rowHeight];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Time for all requests, and the longest wait of /healthz">
<style>
text { font: 13px system-ui, sans-serif; fill: #1c2330 }
.total { fill: #0b57c2 }
.healthz { fill: #b3261e }
@media (prefers-color-scheme: dark) { text { fill: #e6e9ef } .total { fill: #8ab8ff } .healthz { fill: #ff8a80 } }
</style>
${rows.join('\n')}
</svg>
`;
}

function time(ms: number | null): string {
  if (ms === null || Number.isNaN(ms)) return '-';
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
