import type { Span } from './span.ts';

/** A row of a timeline: one span, or spans that are only counted since they are like those above them. */
export type TimelineRow =
  | { readonly span: Span }
  | {
      readonly more: number;
      readonly alike: boolean;
      readonly start: number;
      readonly end: number | null;
    };

/** More alike spans than this tell nothing new. */
const mostAlike = 8;

/**
 * Chooses what a timeline shows, in the order of starts: every span where there are few, else the first of each kind and
 * a row that counts the rest. Spans are alike when kind, outcome and label are the same, numbers in the label aside.
 */
export function timelineRows(spans: readonly Span[], maxRows: number): TimelineRow[] {
  const ordered = spans.toSorted((a, b) => a.start - b.start);
  const groups = Map.groupBy(ordered, likeness);
  const perGroup = spansPerGroup([...groups.values()], maxRows);
  if (perGroup === 0) return firstRows(ordered, maxRows - 1);

  const rows: TimelineRow[] = [];
  const seen = new Map<string, number>();
  for (const span of ordered) {
    const key = likeness(span);
    const index = seen.get(key) ?? 0;
    seen.set(key, index + 1);
    const group = groups.get(key)!;
    const shown = shownOf(group, perGroup);
    if (index < shown) rows.push({ span });
    if (index === shown) rows.push(countRow(group.slice(index), true));
  }
  return rows;
}

/** The first `count` spans and a count of the others; a blocked loop is never among the others while it fits. */
function firstRows(ordered: readonly Span[], count: number): TimelineRow[] {
  const stalls = ordered.filter((span) => span.kind === 'stall').slice(0, count);
  const others = ordered.filter((span) => span.kind !== 'stall').slice(0, count - stalls.length);
  const shown = new Set([...stalls, ...others]);
  const rows: TimelineRow[] = ordered.filter((span) => shown.has(span)).map((span) => ({ span }));
  rows.push(
    countRow(
      ordered.filter((span) => !shown.has(span)),
      false,
    ),
  );
  return rows;
}

/** How many spans of each group fit; 0 where not even one and its count do. */
function spansPerGroup(groups: readonly (readonly Span[])[], maxRows: number): number {
  for (let perGroup = mostAlike; perGroup > 0; perGroup -= 1) {
    let rows = 0;
    for (const group of groups) {
      const shown = shownOf(group, perGroup);
      rows += shown + (shown < group.length ? 1 : 0);
    }
    if (rows <= maxRows) return perGroup;
  }
  return 0;
}

/** A count of one would take the room of the span that it hides. */
function shownOf(group: readonly Span[], perGroup: number): number {
  return group.length <= perGroup + 1 ? group.length : perGroup;
}

function countRow(hidden: readonly Span[], alike: boolean): TimelineRow {
  let end: number | null = 0;
  for (const span of hidden) {
    end = end === null || span.end === null ? null : Math.max(end, span.end);
  }
  return { more: hidden.length, alike, start: hidden[0]!.start, end };
}

function likeness(span: Span): string {
  return `${span.kind} ${span.outcome} ${span.label.replace(/\d+/g, '#')}`;
}
