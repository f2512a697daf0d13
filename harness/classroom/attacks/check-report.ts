import { messageOf } from '../../catalog/message-of.ts';
import { exportReport } from '../exports/export-report.ts';
import type { ExportFormat } from '../exports/export-report.ts';
import type { ClassReport } from '../grade-report.ts';

/** Those that hold a whole class and need nothing else. */
const formats: readonly ExportFormat[] = ['json', 'table', 'csv', 'moodle', 'junit', 'html'];

/** What only a terminal, a page or a spreadsheet would take for more than text. */
const harmful: readonly { readonly pattern: RegExp; readonly what: string; readonly in: RegExp }[] =
  [
    // Those of a terminal, and those that turn the direction of a text.
    { what: 'control characters', pattern: /[^\P{Cc}\t\n\r]|[\u202a-\u202e]/u, in: /./ },
    { what: 'a tag of its own', pattern: /<(?:script|img)[^>]*(?:alert|onerror)/i, in: /html$/ },
    { what: 'a formula', pattern: /(?:^|,)"?[=+\-@\t\r](?=[A-Za-z(])/m, in: /csv$/ },
  ];

/** What an attack has done to the reports, as sentences: they must be written, hold no secret, and nothing that acts in the program that shows them. */
export function checkReport(report: ClassReport, secret: string): string[] {
  const problems: string[] = [];
  for (const format of formats) {
    try {
      for (const { name, text } of exportReport(report, format)) {
        if (text.includes(secret)) problems.push(`The secret stands in the report ${name}.`);
        for (const { pattern, what, in: where } of harmful) {
          if (where.test(name) && pattern.test(text)) {
            problems.push(`The report ${name} has ${what} of the attack's in it.`);
          }
        }
      }
    } catch (error) {
      problems.push(`The report could not be written as ${format}: ${messageOf(error)}`);
    }
  }
  return problems;
}
