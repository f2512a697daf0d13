import { displayWidth } from './fit-text.ts';

/**
 * `text` in lines of at most `columns`; a word that is longer, such as a path, stays whole, and so does a line that begins with a space: its
 * columns mean something.
 */
export function wrapText(text: string, columns: number): string[] {
  return text.split('\n').flatMap((paragraph) => wrapParagraph(paragraph.trimEnd(), columns));
}

function wrapParagraph(paragraph: string, columns: number): string[] {
  if (/^\s/.test(paragraph)) return [paragraph];
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}
