import type { Progress } from '../learner/progress.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';

/** The page around a view. */
export function renderLayout(options: {
  readonly title: string;
  readonly soFar: Markup;
  readonly main: Markup;
}): Markup {
  const { title, soFar, main } = options;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/page/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page/style.css">
<script src="/page/client.js" type="module"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/"><img src="/page/icon.svg" width="28" height="28" alt=""><span>Event Loop Katas</span></a>
<div class="so-far" id="part-progress">${soFar}</div>
</header>
<main id="main">
${main}
</main>
<p class="offline" id="offline" role="alert" hidden>The page’s server has ended. <code>npm start</code> starts it again; your files are as you saved them.</p>
</body>
</html>
`;
}

/** How many katas are green, in words and as a bar. */
export function renderSoFar(rows: readonly Progress[]): Markup {
  const all = rows.length;
  const green = rows.filter(({ standing }) => standing === 'green').length;
  return markup`<span>${green} of ${all} green</span><progress max="${all}" value="${green}" aria-label="Katas that are green"></progress>`;
}
