import type { ClassReport } from '../grade-report.ts';
import type { ExportedFile } from './exported-file.ts';

/**
 * The whole report as JSON, which `readClassReport` reads back to the same. What does not print, such as an escape sequence in a message, is
 * written as `\u001b`: nothing is lost, and a terminal that shows the file obeys nothing.
 */
export function exportJson(report: ClassReport): ExportedFile[] {
  const text = JSON.stringify(report, null, 2).replace(
    /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u2028\u2029]/gu,
    escapeUnits,
  );
  return [{ name: 'report.json', text: `${text}\n` }];
}

function escapeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}
