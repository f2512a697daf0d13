import type { Kata } from '../catalog/kata.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/**
 * The way back to the starter, and back from it.
 *
 * @param note what came of the last of them.
 * @param hasKept whether there is a version to bring back.
 */
export function renderStarter(kata: Kata, note: string | null, hasKept: boolean): Markup {
  const restore = markup`<form method="post" action="/katas/${kata.id}/restore"><button class="button" type="submit">Bring my last version back</button></form>`;
  return markup`${note === null ? null : markup`<p class="note" tabindex="-1" data-focus>${note}</p>`}
<p class="quiet">Your version is kept each time: nothing is lost.</p>
<div class="choices"><form method="post" action="/katas/${kata.id}/reset"><button class="button" type="submit">Put the starter back</button></form>${hasKept ? restore : null}</div>`;
}
