import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Markup, markup } from './markup.ts';

const style = readFileSync(path.join(import.meta.dirname, 'report-page.css'), 'utf8');
const styleHash = createHash('sha256').update(style).digest('base64');

/**
 * A page in one file. Its policy lets the browser load nothing and run nothing, so that no request leaves the machine, and no text of a
 * student could become a script even if it were markup.
 */
export function page(title: string, body: Markup): string {
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const head = markup`<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Markup(style)}</style>`;
  return `${
    markup`<!doctype html>
<html lang="en">
<head>
${head}
</head>
<body>
<main>
${body}
</main>
</body>
</html>`.text
  }\n`;
}

/** A table that is wider than the window scrolls in itself, also by the arrow keys. */
export function wideTable(label: string, table: Markup): Markup {
  return markup`<div class="wide" role="region" aria-label="${label}" tabindex="0">${table}</div>`;
}
