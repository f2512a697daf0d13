import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Kata } from '../catalog/kata.ts';
import { editorLink } from './editor-link.ts';
import { isWebAddress, renderMarkdown } from './markdown-view.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { renderLegend } from './timeline-view.ts';

/** The regions of a kata's page that change while it is looked at, by the id of their element. */
export type KataParts = Readonly<
  Record<
    | 'part-status'
    | 'part-timeline'
    | 'part-tests'
    | 'part-first-red'
    | 'part-answer'
    | 'part-hints'
    | 'part-solution'
    | 'part-starter'
    | 'part-progress',
    Markup
  >
>;

/**
 * The page of one kata.
 *
 * @param answer the same kata, with the folder in which the learner's answer lies.
 */
export function renderKata(
  kata: Kata,
  answer: Kata,
  neighbours: { readonly previous: Kata | null; readonly next: Kata | null },
  parts: KataParts,
): Markup {
  const readme = readFileSync(path.join(kata.directory, 'README.md'), 'utf8');
  // The page has a title of its own, and its goal.
  const text = readme.replace(/^# .*\n/, '');
  return markup`<div class="kata-head" data-live="/katas/${kata.id}/events">
<nav aria-label="Katas"><a href="/">All katas</a>${linkTo(neighbours.previous, '←')}${linkTo(neighbours.next, '→')}</nav>
<h1><span class="number">${kata.number}</span> ${kata.title}</h1>
<p class="lead">${kata.goal}</p>
</div>
<div class="bar"><div id="part-status" role="status">${parts['part-status']}</div></div>
<section class="card timeline" aria-labelledby="h-timeline"><div class="card-head"><h2 id="h-timeline">Timeline</h2>${renderLegend()}</div><div id="part-timeline">${parts['part-timeline']}</div></section>
<div class="columns">
<div class="column">
<section class="card" aria-labelledby="h-tests"><div class="card-head"><h2 id="h-tests">Tests</h2><form method="post" action="/katas/${kata.id}/judge"><button class="button" type="submit">Judge again</button></form></div><div id="part-tests">${parts['part-tests']}</div></section>
<section class="card first-red" aria-labelledby="h-first-red"><h2 id="h-first-red">What happened</h2><div id="part-first-red">${parts['part-first-red']}</div></section>
<section class="card" aria-labelledby="h-answer"><h2 id="h-answer">Your file</h2><div id="part-answer">${parts['part-answer']}</div></section>
<section class="card" id="starter" aria-labelledby="h-starter"><h2 id="h-starter">Start anew</h2><div id="part-starter">${parts['part-starter']}</div></section>
</div>
<div class="column">
<section class="card text" id="text" aria-labelledby="h-text"><h2 id="h-text">The kata</h2>${renderMarkdown(text, { linkTo: linksOf(kata, answer), lower: 1 })}</section>
<section class="card" id="hints" aria-labelledby="h-hints"><h2 id="h-hints">Hints</h2><div id="part-hints">${parts['part-hints']}</div></section>
</div>
</div>
<section class="card" id="solution" aria-labelledby="h-solution"><h2 id="h-solution">Solution</h2><div id="part-solution">${parts['part-solution']}</div></section>`;
}

function linkTo(kata: Kata | null, arrow: string): Markup | null {
  if (kata === null) return null;
  const name = `${kata.number} ${kata.title}`;
  return arrow === '←'
    ? markup`<a href="/katas/${kata.id}"><span aria-hidden="true">←</span> ${name}</a>`
    : markup`<a href="/katas/${kata.id}">${name} <span aria-hidden="true">→</span></a>`;
}

/** Where the links of a kata's own texts lead on the page. */
export function linksOf(kata: Kata, answer: Kata): (href: string) => string | null {
  return (href) => {
    if (isWebAddress(href)) return href;
    const target = path.posix.normalize(href.replace(/#.*$/, ''));
    if (target === 'hints.md') return '#hints';
    const other = /^\.\.\/(?<id>\d{2}-[a-z0-9-]+)(?:\/|$)/.exec(target)?.groups?.['id'];
    if (other !== undefined) return `/katas/${other}`;
    if (!/^[\w.-]+\.ts$/.test(target)) return null;
    const { directory } = kata.files.includes(target) ? answer : kata;
    return editorLink(path.join(directory, target));
  };
}
