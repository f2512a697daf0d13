import type { GradeVerdict } from '../grade-report.ts';
import { markup, type Markup } from './markup.ts';
import { verdictMarks } from './verdict-mark.ts';

/** A verdict as a sign and, for one who does not see it, as a word; a link where `href` leads to its reasons. */
export function verdictCell(
  verdict: GradeVerdict,
  { label, href }: { label: string; href: string | null },
): Markup {
  const sign = markup`<span aria-hidden="true">${verdictMarks[verdict]}</span><span class="unseen">${label}: ${verdict}</span>`;
  if (href === null)
    return markup`<span class="mark ${verdict}" title="${label}: ${verdict}">${sign}</span>`;
  return markup`<a class="mark ${verdict}" href="${href}" title="${label}: ${verdict}">${sign}</a>`;
}

/** What each sign means, of those that a page uses. */
export function verdictLegend(used: ReadonlySet<GradeVerdict>): Markup {
  const items = Object.entries(verdictMarks).filter(([verdict]) =>
    used.has(verdict as GradeVerdict),
  );
  return markup`<ul class="legend">
    ${items.map(
      ([verdict, mark]) => markup`<li><span class="mark ${verdict}">${mark}</span> ${verdict}</li>`,
    )}
  </ul>`;
}
