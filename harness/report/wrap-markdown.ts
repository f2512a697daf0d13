import { wrapText } from '../trace/wrap-text.ts';

/** Markdown in lines of at most `columns`: paragraphs are broken anew; code, tables and lists stay as they are. */
export function wrapMarkdown(markdown: string, columns: number): string[] {
  return markdown.split(/\n\n+/).flatMap((block, index) => {
    const isParagraph = /^(?!```|\||[-*] |\d+\. |#)/.test(block) && !block.includes('```');
    const lines = isParagraph ? wrapText(block.replaceAll('\n', ' '), columns) : block.split('\n');
    if (index > 0) lines.unshift('');
    return lines;
  });
}
