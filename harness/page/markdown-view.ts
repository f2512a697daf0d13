import { Marked } from 'marked';
import { highlight } from './highlight.ts';
import { escapeHtml, markup, Markup } from './markup.ts';

export interface MarkdownOptions {
  /** Where a link of the text leads on the page; null leaves its text alone. */
  readonly linkTo: (href: string) => string | null;
  /** Levels by which headings are lowered, so that they stand below those of the page. Default 0. */
  readonly lower?: number;
}

/** Makes HTML of Markdown. HTML that stands in it is shown as text, and an image as a link. */
export function renderMarkdown(text: string, { linkTo, lower = 0 }: MarkdownOptions): Markup {
  const marked = new Marked({
    gfm: true,
    async: false,
    renderer: {
      html: ({ text }) => escapeHtml(text),
      heading({ tokens, depth }) {
        const level = Math.min(6, depth + lower);
        return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
      },
      link({ href, tokens }) {
        const target = linkTo(href);
        const inside = this.parser.parseInline(tokens);
        return target === null ? inside : `<a href="${escapeHtml(target)}">${inside}</a>`;
      },
      image: ({ text }) => escapeHtml(text),
      code: ({ text, lang }) =>
        markup`<pre tabindex="0"><code>${highlight(text, lang ?? '')}</code></pre>\n`.text,
      table({ header, rows }) {
        const row = (cells: typeof header): string =>
          `<tr>${cells.map((cell) => this.tablecell(cell)).join('')}</tr>`;
        return `<div class="scroll" tabindex="0"><table><thead>${row(header)}</thead><tbody>${rows.map(row).join('')}</tbody></table></div>\n`;
      },
    },
  });
  return new Markup(marked.parse(text) as string);
}

/** Makes HTML of one line of Markdown, such as a heading. */
export function renderInline(text: string): Markup {
  const marked = new Marked({
    async: false,
    renderer: { html: ({ text }) => escapeHtml(text), link: ({ text }) => escapeHtml(text) },
  });
  return new Markup(marked.parseInline(text) as string);
}

/** An address of the web, which may be a link as it is. */
export function isWebAddress(href: string): boolean {
  return /^https?:\/\//i.test(href);
}
