import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Kata } from '../catalog/kata.ts';
import { changeState, readState } from './learner-state.ts';

/** One of the three hints of a kata, as Markdown without its heading. */
export interface Hint {
  /** 1 to 3 */
  readonly level: number;
  readonly of: number;
  readonly title: string;
  readonly text: string;
}

/** The hints of a kata, from a nudge to nearly there. */
export function readHints(kata: Kata): Hint[] {
  const markdown = readFileSync(path.join(kata.directory, 'hints.md'), 'utf8');
  const sections = markdown.split(/^## /m).slice(1);
  return sections.map((section, index) => {
    const [heading = '', ...lines] = section.split('\n');
    return {
      level: index + 1,
      of: sections.length,
      title: heading.replace(/^\d+\.\s*/, ''),
      text: lines.join('\n').trim(),
    };
  });
}

/** The next hint of a kata, one more each time; the last one again after that. */
export function nextHint(kata: Kata, file?: string): Hint {
  const hints = readHints(kata);
  const shown = readState(file).hints[kata.id] ?? 0;
  const hint = hints[Math.min(shown, hints.length - 1)];
  if (hint === undefined) throw new Error(`Expected hints in ${kata.directory}, found none.`);
  changeState((state) => ({ ...state, hints: { ...state.hints, [kata.id]: hint.level } }), file);
  return hint;
}
