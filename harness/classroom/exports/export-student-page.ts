import type { ClassReport } from '../grade-report.ts';
import { dateOf } from './date-of.ts';
import { fileNameOf, type ExportedFile } from './exported-file.ts';
import { markup, type Markup } from './markup.ts';
import { page, wideTable } from './page.ts';
import { redKata } from './red-kata.ts';
import {
  formatPoints,
  standingOf,
  studentLabel,
  type KataStanding,
  type StudentStanding,
} from './standing.ts';
import { verdictMarks } from './verdict-mark.ts';

/**
 * `students/<id>.markup`, one file for one student: nothing in it comes from the grades of others, so it can be handed to them as it is.
 *
 * @throws Error where `student` is none of the report.
 */
export function exportStudentPage(
  report: ClassReport,
  student: string | undefined,
): ExportedFile[] {
  const standing = standingOf(report, student);
  const { points, pointsSoFar, maximum, katas } = standing;
  const reds = katas.flatMap((kata) => {
    const told = redKata(kata);
    return told === null ? [] : [redDetails(kata, told)];
  });
  const body = markup`<h1>${studentLabel(standing.student)}</h1>
    <p>
      ${formatPoints(pointsSoFar)}${points === null ? ', and what is not judged yet,' : null} of
      ${formatPoints(maximum)} points in the Event Loop Katas.
    </p>
    ${handedIn(standing)} ${standing.student.problems.map((problem) => markup`<p>${problem}</p>`)}
    <h2>Katas</h2>
    ${wideTable('Katas', kataTable(katas))}
    ${
      reds.length === 0
        ? markup`<p>Every kata is green.</p>`
        : markup`<h2>What is not green</h2>
            ${reds}`
    }`;
  const name = `students/${fileNameOf(standing.student.id)}.html`;
  return [{ name, text: page('Event Loop Katas: your report', body) }];
}

function handedIn({ student }: StudentStanding): Markup | null {
  if (student.submittedAt === null) return null;
  return markup`<p class="faint">
    Handed in ${dateOf(student.submittedAt)}${student.late ? ', late' : null}.
  </p>`;
}

function kataTable(katas: readonly KataStanding[]): Markup {
  const rows = katas.map(({ kata, verdict, points, grade }) => {
    const ran = verdict === 'pass' || verdict === 'fail';
    const tests = ran && grade !== null ? `${grade.passedTests} of ${grade.allTests}` : '';
    return markup`<tr>
      <td>${kata.id.slice(0, 2)}</td>
      <td>${kata.title}</td>
      <td>
        <span class="mark ${verdict}"><span aria-hidden="true">${verdictMarks[verdict]}</span> ${verdict}</span>
      </td>
      <td class="number">${tests}</td>
      <td class="number">
        ${points === null ? 'not judged yet' : `${formatPoints(points)} of ${formatPoints(kata.weight)}`}
      </td>
    </tr>`;
  });
  return markup`<table>
    <thead>
      <tr>
        <th scope="col">Kata</th>
        <th scope="col">Title</th>
        <th scope="col">Verdict</th>
        <th scope="col" class="number">Tests</th>
        <th scope="col" class="number">Points</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function redDetails({ kata, verdict }: KataStanding, told: Markup): Markup {
  return markup`<details open>
    <summary>
      <h3>${kata.id.slice(0, 2)} ${kata.title}: <span class="${verdict}">${verdict}</span></h3>
    </summary>
    ${told}
  </details>`;
}
