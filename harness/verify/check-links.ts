import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../catalog/problem.ts';
import { readMarkdown } from './markdown.ts';
import type { Markdown } from './markdown.ts';

/** Checks that the relative links of `file` lead to something, and that a heading is there for what follows `#`. */
export function checkLinks(file: string, document: Markdown, name: string): Problem[] {
  return document.links
    .filter(({ target }) => !/^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(target))
    .flatMap(({ target, line }) => {
      const found = problemOf(file, document, target);
      if (found === null) return [];
      return [
        { where: `${name}:${line}`, found, advice: 'Mend the link, or write what it leads to.' },
      ];
    });
}

function problemOf(file: string, document: Markdown, target: string): string | null {
  const { link, anchor } = /^(?<link>[^#]*)(?:#(?<anchor>.*))?$/.exec(decode(target))!.groups!;
  const place = link === '' ? file : path.resolve(path.dirname(file), link!.replace(/\?.*$/, ''));
  if (!existsSync(place)) return `The link to ${target} leads nowhere.`;
  if (anchor === undefined || anchor === '') return null;
  // The line of a source file, as GitHub has it.
  if (!place.endsWith('.md') && /^L\d+/.test(anchor)) return null;
  if (!place.endsWith('.md') || statSync(place).isDirectory()) {
    return `The link to ${target} names a heading, but leads to no Markdown file.`;
  }
  const anchors =
    place === file ? document.anchors : readMarkdown(readFileSync(place, 'utf8')).anchors;
  return anchors.has(anchor) ? null : `The link to ${target} names a heading that is not there.`;
}

function decode(target: string): string {
  try {
    return decodeURI(target);
  } catch {
    return target;
  }
}
