import type { Kata } from '../catalog/kata.ts';
import type { Progress, Standing } from '../learner/progress.ts';
import { parts } from '../report/progress-board.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** Each is another sign and another word, so that nothing depends on colour. */
const signs: Record<Standing, readonly [sign: string, word: string]> = {
  green: ['✓', 'green'],
  red: ['✗', 'red'],
  changed: ['~', 'changed since'],
  new: ['·', 'not begun'],
};

/** All katas by part, with what is known of each. */
export function renderList(katas: readonly Kata[], rows: readonly Progress[]): Markup {
  const next = rows.find(({ standing }) => standing !== 'green');
  const kataOf = new Map(katas.map((kata) => [kata.id, kata]));
  return markup`<h1>Learn the event loop, one red test at a time</h1>
<p class="lead">Each kata is a program that works but waits, blocks or leaks. Read why, change it in your editor, save: the verdict and the timeline come in here.</p>
${next === undefined ? allGreen() : goOn(kataOf.get(next.kata)!)}
${parts.map((name, index) =>
  renderPart(
    name,
    index + 1,
    rows.filter((row) => row.part === index + 1),
    kataOf,
  ),
)}`;
}

function goOn(kata: Kata): Markup {
  return markup`<p class="go-on"><a class="button primary" href="/katas/${kata.id}"><span>Go on with ${kata.number}</span> ${kata.title}</a></p>`;
}

function allGreen(): Markup {
  return markup`<p class="go-on"><strong>Every kata is green.</strong></p>`;
}

function renderPart(
  name: string,
  number: number,
  rows: readonly Progress[],
  kataOf: ReadonlyMap<string, Kata>,
): Markup | null {
  if (rows.length === 0) return null;
  const green = rows.filter(({ standing }) => standing === 'green').length;
  return markup`<section class="part" aria-labelledby="part-${number}">
<h2 id="part-${number}"><span class="part-number">Part ${number}</span> ${name} <span class="count">${green} of ${rows.length}</span></h2>
<ul class="katas">${rows.map((row) => renderRow(row, kataOf.get(row.kata)!))}</ul>
</section>`;
}

function renderRow(row: Progress, kata: Kata): Markup {
  const hints = row.hints === 0 ? null : `${row.hints} hint${row.hints > 1 ? 's' : ''}`;
  const score = row.tests === null ? null : `${row.green} of ${row.tests} tests`;
  const details = [score, hints].filter((text) => text !== null).join(', ');
  return markup`<li><a class="kata" href="/katas/${kata.id}">
<span class="number">${kata.number}</span>
<span class="name">${kata.title}</span>
<span class="goal">${kata.goal}</span>
<span class="known">${renderStanding(row.standing)}<span class="details">${details}</span></span>
</a></li>`;
}

/** How far a kata is, as a small sign with its word. */
export function renderStanding(standing: Standing): Markup {
  const [sign, word] = signs[standing];
  return markup`<span class="standing ${standing}"><span aria-hidden="true">${sign}</span> ${word}</span>`;
}
