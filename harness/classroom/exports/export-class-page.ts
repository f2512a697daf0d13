import type { ClassReport } from '../grade-report.ts';
import { dateOf } from './date-of.ts';
import { fileNameOf, type ExportedFile } from './exported-file.ts';
import { hardestTests } from './hardest-tests.ts';
import { markup, type Markup } from './markup.ts';
import { page, wideTable } from './page.ts';
import { redKata } from './red-kata.ts';
import { formatPoints, standingsOf, studentLabel, type StudentStanding } from './standing.ts';
import { rerunsByStudent } from './to-check.ts';
import { verdictCell, verdictLegend } from './verdict-cell.ts';

const mostHardTests = 30;

/** `class.markup`, one file for the teacher: who stands where, which tests fail most, and why each red is red. */
export function exportClassPage(report: ClassReport): ExportedFile[] {
  const standings = standingsOf(report);
  const body = markup`<h1>Event Loop Katas: the class</h1>
    <p class="faint">
      ${standings.length} students, ${report.katas.length} katas, graded
      <time datetime="${report.gradedAt}">${dateOf(report.gradedAt)}</time>.
    </p>
    <h2>Who stands where</h2>
    ${board(report, standings)}
    ${listSection('To run again', 'Nothing is known about these answers yet: they are no zeros.', rerunsByStudent(standings))}
    ${listSection('To look at', 'What could not be taken of what was handed in.', problems(report))}
    <h2>What fails most</h2>
    ${hardest(report)}
    <h2>Each student</h2>
    ${standings.map(studentDetails)}`;
  return [{ name: 'class.html', text: page('Event Loop Katas: the class', body) }];
}

function board(report: ClassReport, standings: readonly StudentStanding[]): Markup {
  const ranked = standings
    .map((standing, index) => ({ standing, index }))
    .toSorted((a, b) => b.standing.pointsSoFar - a.standing.pointsSoFar || a.index - b.index);
  const used = new Set(standings.flatMap(({ katas }) => katas.map(({ verdict }) => verdict)));
  const table = markup`<table class="board">
    <thead>
      <tr>
        <th scope="col">Student</th>
        <th scope="col" class="number">Points</th>
        ${report.katas.map(
          ({ id, title }) =>
            markup`<th scope="col" class="kata"><abbr title="${title}">${id.slice(0, 2)}</abbr></th>`,
        )}
      </tr>
    </thead>
    <tbody>
      ${ranked.map(({ standing, index }) => boardRow(standing, index))}
    </tbody>
  </table>`;
  return markup`${verdictLegend(used)}${wideTable('Who stands where', table)}`;
}

function boardRow(
  { student, katas, points, pointsSoFar, maximum }: StudentStanding,
  index: number,
): Markup {
  const cells = katas.map(({ kata, verdict }, kataIndex) => {
    const href = verdict === 'pass' ? null : `#${anchor(index, kataIndex)}`;
    return markup`<td class="kata">${verdictCell(verdict, { label: kata.title, href })}</td>`;
  });
  const more =
    points === null ? markup`&nbsp;<abbr title="not all katas are judged yet">+?</abbr>` : null;
  return markup`<tr>
    <th scope="row">
      <a href="#s${index}">${student.name ?? student.id}</a>${student.late ? ' (late)' : null}
    </th>
    <td class="number">${formatPoints(pointsSoFar)}${more} of ${formatPoints(maximum)}</td>
    ${cells}
  </tr>`;
}

function hardest(report: ClassReport): Markup {
  const tests = hardestTests(report);
  if (tests.length === 0) return markup`<p>No test is red.</p>`;
  const rows = tests.slice(0, mostHardTests).map(
    ({ kata, test, failed, judged }) =>
      markup`<tr>
        <td>${kata.id.slice(0, 2)}</td>
        <td>${test}</td>
        <td class="number">${failed} of ${judged}</td>
        <td>
          <meter
            min="0"
            max="${judged}"
            value="${failed}"
            aria-label="${failed} of ${judged} answers"
          ></meter>
        </td>
      </tr>`,
  );
  const table = markup`<table>
    <thead>
      <tr>
        <th scope="col">Kata</th>
        <th scope="col">Test</th>
        <th scope="col" class="number">Red</th>
        <th scope="col"><span class="unseen">Share</span></th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
  const more = tests.length - mostHardTests;
  return markup`${wideTable('What fails most', table)}${more > 0 ? markup`<p class="faint">… and ${more} more tests that failed at least once.</p>` : null}`;
}

function studentDetails(
  { student, katas, points, pointsSoFar, maximum }: StudentStanding,
  index: number,
): Markup {
  const reds = katas.flatMap((standing, kataIndex) => {
    const told = redKata(standing);
    if (told === null) return [];
    return [
      markup`<h3 id="${anchor(index, kataIndex)}">
          ${standing.kata.id.slice(0, 2)} ${standing.kata.title}:
          <span class="${standing.verdict}">${standing.verdict}</span>
        </h3>
        ${told}`,
    ];
  });
  const own = `students/${fileNameOf(student.id)}.html`;
  return markup`<details id="s${index}">
    <summary>
      ${studentLabel(student)}, ${formatPoints(pointsSoFar)}${points === null ? '+?' : ''} of
      ${formatPoints(maximum)}
    </summary>
    <p>
      <a href="${own}">The page for this student</a>${student.submittedAt === null ? null : markup`, handed in ${dateOf(student.submittedAt)}`}${student.late ? ', late' : null}.
    </p>
    ${reds.length === 0 ? markup`<p>Every kata is green.</p>` : reds}
  </details>`;
}

function listSection(title: string, why: string, sentences: readonly string[]): Markup | null {
  if (sentences.length === 0) return null;
  return markup`<h2>${title}</h2>
    <p>${why}</p>
    <ul>
      ${sentences.map((one) => markup`<li>${one}</li>`)}
    </ul>`;
}

function problems(report: ClassReport): string[] {
  return report.students.flatMap((student) =>
    student.problems.map((problem) => `${studentLabel(student)}: ${problem}`),
  );
}

/** A browser that goes there opens the closed part around it. */
function anchor(student: number, kata: number): string {
  return `s${student}k${kata}`;
}
