import type { Kata } from '../catalog/kata.ts';
import type { Hint } from '../learner/hints.ts';
import { renderInline, renderMarkdown } from './markdown-view.ts';
import type { MarkdownOptions } from './markdown-view.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** The hints that the learner has asked for, and the way to one more. */
export function renderHints(
  kata: Kata,
  hints: readonly Hint[],
  shown: number,
  linkTo: MarkdownOptions['linkTo'],
): Markup {
  const asked = hints.slice(0, shown);
  const label =
    shown === 0 ? `A hint (1 of ${hints.length})` : `One more (${shown + 1} of ${hints.length})`;
  return markup`${asked.map(
    (hint) =>
      markup`<article class="hint"><h3 tabindex="-1" ${hint.level === shown ? markup`data-focus` : null}>${hint.level}. ${renderInline(hint.title)}</h3>${renderMarkdown(hint.text, { linkTo, lower: 2 })}</article>`,
  )}
${shown >= hints.length ? markup`<p class="quiet">That was the last hint.</p>` : markup`<form method="post" action="/katas/${kata.id}/hint"><button class="button" type="submit">${label}</button></form>`}`;
}
