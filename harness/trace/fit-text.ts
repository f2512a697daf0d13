import { stripVTControlCharacters } from 'node:util';

/** `text` in one line: no escape sequences, no control characters, runs of white space as one space. */
export function plainLine(text: string): string {
  return (
    stripVTControlCharacters(text)
      .replace(/\s+/g, ' ')
      // A bidirectional override in a label would turn the whole row round.
      .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, '')
      .trim()
  );
}

/** Terminal columns that `text` takes: two for East Asian wide characters and emoji, none for combining marks. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** `text` in exactly `width` columns: cut with `…`, or filled with spaces. */
export function fitText(text: string, width: number): string {
  if (width <= 0) return '';
  const cut = cutText(text, width);
  return cut + ' '.repeat(width - displayWidth(cut));
}

/** `text` in at most `width` columns, cut with `…`. */
export function cutText(text: string, width: number): string {
  if (width <= 0) return '';
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

function characterWidth(character: string): number {
  if (/\p{M}/u.test(character)) return 0;
  return /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u.test(
    character,
  )
    ? 2
    : 1;
}
