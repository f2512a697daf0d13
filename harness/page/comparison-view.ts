import type { Kata } from '../catalog/kata.ts';
import { compareLines } from '../learner/compare.ts';
import type { Row } from '../learner/compare.ts';
import type { Solution } from '../learner/solution-text.ts';
import type { AnswerFile } from './answer-file.ts';
import { highlight } from './highlight.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** The way to ask for the solution. */
export function renderCompareForm(kata: Kata): Markup {
  return markup`<form method="post" action="/katas/${kata.id}/compare"><button class="button" type="submit">Compare with the solution</button></form>`;
}

/** Asks whether the solution is to be shown, while the kata is not green. */
export function renderCompareQuestion(kata: Kata): Markup {
  return markup`<p class="note warn">Kata ${kata.number} is not green yet. See the solution now?</p>
<div class="choices"><form method="post" action="/katas/${kata.id}/compare?anyway=yes"><button class="button" type="submit" data-focus>Yes, show it</button></form>
<form method="post" action="/katas/${kata.id}/compare?close=yes"><button class="button" type="submit">Not yet</button></form></div>`;
}

/** The way from the learner's files to the solution. */
export function renderComparison(
  kata: Kata,
  answer: readonly AnswerFile[],
  solution: Solution,
): Markup {
  const files = [...solution.files].map(([name, theirs]) => {
    const mine = answer.find((file) => file.name === name)?.text ?? '';
    return markup`<h3>${name}</h3>${renderRows(name, compareLines(mine, theirs))}`;
  });
  return markup`<p class="quiet" tabindex="-1" data-focus>Lines with − are yours, lines with + are from ${solution.from}.</p>
${files}
<form method="post" action="/katas/${kata.id}/compare?close=yes"><button class="button" type="submit">Close the comparison</button></form>`;
}

function renderRows(name: string, rows: readonly (Row | null)[]): Markup {
  if (rows.length === 0) return markup`<p>There is no difference.</p>`;
  return markup`<div class="scroll comparison" tabindex="0" role="region" aria-label="Comparison of ${name}"><table><thead class="aside"><tr><th scope="col">Whose</th><th scope="col">Line</th></tr></thead><tbody>${rows.map(renderLine)}</tbody></table></div>`;
}

function renderLine(row: Row | null): Markup {
  if (row === null) return markup`<tr class="gap"><td>…</td><td></td></tr>`;
  const kind = row.sign === '-' ? 'mine' : row.sign === '+' ? 'theirs' : 'both';
  const sign = row.sign === '-' ? '−' : row.sign;
  return markup`<tr class="${kind}"><td>${sign}</td><td><code>${highlight(row.text, 'ts')}</code></td></tr>`;
}
