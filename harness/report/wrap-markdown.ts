import { wrapText } from '../trace/wrap-text.ts';

/**
 * Markdown for a terminal, in lines of at most `columns`: paragraphs are broken anew; code, tables and lists stay as they are. The address of a
 * link stands on a line of its own below, where it may be longer.
 */
export function wrapMarkdown(markdown: string, columns: number): string[] {
  const addresses: string[] = [];
  const withoutLinks = markdown.replaceAll(
    /\[(?<text>[^\]]+)\]\((?<address>https?:[^)\s]+)\)/g,
    (_link, text: string, address: string) => {
      addresses.push(address);
      return text;
    },
  );
  const lines = withoutLinks.split(/\n\n+/).flatMap((block, index) => {
    const isParagraph = /^(?!```|\||[-*] |\d+\. |#)/.test(block) && !block.includes('```');
    const own = isParagraph ? wrapText(block.replaceAll('\n', ' '), columns) : block.split('\n');
    if (index > 0) own.unshift('');
    return own;
  });
  return addresses.length === 0 ? lines : [...lines, '', ...addresses];
}
