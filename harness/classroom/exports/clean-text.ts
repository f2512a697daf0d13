import { stripVTControlCharacters } from 'node:util';

/** Longer messages than this tell a reader nothing new, and would fill every report of a class. */
const mostCharacters = 4000;

/**
 * `text` of a student without escape sequences, control characters and bidirectional overrides; its lines are kept, a tab becomes two
 * spaces. Cut with a sentence that says so.
 */
export function cleanText(text: string): string {
  const cleaned = stripVTControlCharacters(text.slice(0, 2 * mostCharacters))
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replaceAll('\t', '  ')
    .replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, '')
    .trimEnd();
  if (cleaned.length <= mostCharacters && text.length <= 2 * mostCharacters) return cleaned;
  return `${cleaned.slice(0, mostCharacters).replace(/[\uD800-\uDBFF]$/, '')}\n… and more that was cut.`;
}
