/** A code block of a Markdown text. */
export interface CodeBlock {
  /** What stands behind the fence, as in `ts check`. */
  readonly info: string;
  readonly code: string;
  /** Of its first line of code, counted from 1. */
  readonly line: number;
}

/** A link, an image or the definition of one. */
export interface Link {
  readonly target: string;
  readonly line: number;
}

/** What the checks need of a Markdown text. */
export interface Markdown {
  readonly blocks: readonly CodeBlock[];
  readonly links: readonly Link[];
  /** What a link may name behind `#`. */
  readonly anchors: ReadonlySet<string>;
  /** The code that stands inside of lines. */
  readonly inlineCode: readonly { readonly code: string; readonly line: number }[];
}

/**
 * Reads a Markdown text, line by line.
 *
 * It knows what our documents use: fenced code, ATX headings, inline links and definitions, and `<a>` and `<img>`. It does not know code by
 * indentation, nor headings that are underlined.
 */
export function readMarkdown(text: string): Markdown {
  const blocks: CodeBlock[] = [];
  const links: Link[] = [];
  const inlineCode: { code: string; line: number }[] = [];
  const anchors = new Set<string>();
  let fence: { marker: string; info: string; line: number; code: string[] } | null = null;

  for (const [index, row] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const mark = /^\s*(?<marker>`{3,}|~{3,})\s*(?<info>.*)$/.exec(row)?.groups;
    if (fence !== null) {
      if (mark?.['info'] === '' && mark['marker']!.startsWith(fence.marker)) {
        blocks.push({ info: fence.info, code: fence.code.join('\n'), line: fence.line });
        fence = null;
      } else fence.code.push(row);
      continue;
    }
    if (mark) {
      fence = { marker: mark['marker']!, info: mark['info']!.trim(), line: line + 1, code: [] };
      continue;
    }

    for (const match of row.matchAll(/(`+)(?<code>.+?)\1(?!`)/g)) {
      inlineCode.push({ code: match.groups!['code']!.trim(), line });
    }
    const heading = /^#{1,6} +(?<text>.+?)(?: +#+)? *$/.exec(row)?.groups?.['text'];
    if (heading !== undefined) addAnchor(anchors, slugOf(heading));
    const prose = row.replace(/(`+)(.+?)\1(?!`)/g, '');
    for (const match of prose.matchAll(/<a [^>]*\b(?:id|name)="(?<name>[^"]+)"/g)) {
      anchors.add(match.groups!['name']!);
    }
    for (const target of targetsIn(prose)) links.push({ target, line });
  }
  return { blocks, links, anchors, inlineCode };
}

function targetsIn(prose: string): string[] {
  const patterns = [
    /\]\(\s*<?(?<target>[^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g,
    /^\s*\[[^\]]+\]:\s*<?(?<target>[^\s>]+)>?/g,
    /<(?:a|img)\b[^>]*\b(?:href|src)="(?<target>[^"]+)"/g,
  ];
  return patterns.flatMap((pattern) =>
    [...prose.matchAll(pattern)].map((match) => match.groups!['target']!),
  );
}

/** As GitHub makes it: https://docs.github.com/get-started/writing-on-github, "Section links". */
function slugOf(heading: string): string {
  return heading
    .replace(/!?\[(?<text>[^\]]*)\]\([^)]*\)/g, '$<text>')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
}

function addAnchor(anchors: Set<string>, slug: string): void {
  let anchor = slug;
  for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
  anchors.add(anchor);
}
