import highlighter from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import json from 'highlight.js/lib/languages/json';
import typescript from 'highlight.js/lib/languages/typescript';
import { escapeHtml, Markup } from './markup.ts';
import { remember } from './remember.ts';

highlighter.registerLanguage('sh', bash);
highlighter.registerLanguage('json', json);
highlighter.registerLanguage('ts', typescript);

const colouredAs = (language: string): ((text: string) => Markup) =>
  remember((text) => new Markup(highlighter.highlight(text, { language }).value));
const coloured = { sh: colouredAs('sh'), json: colouredAs('json'), ts: colouredAs('ts') };

/** Longer text is shown plain: colouring it would hold the page. */
const mostCharacters = 100_000;

/** Colours source text; in a language that is not known here it stays plain. */
export function highlight(text: string, language: string): Markup {
  if (text.length > mostCharacters || !(language in coloured)) {
    return new Markup(escapeHtml(text));
  }
  return coloured[language as keyof typeof coloured](text);
}
