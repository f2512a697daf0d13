/** The sections of README.md that are not for learners. */
const teachersSections = ['For teachers', 'For contributors'];
/** The demo serves a solution, which a learner does not have. */
const sectionsOnSolutions = ['The six endpoints'];

/**
 * Leaves out the sections of the second level that are for teachers and contributors, or about what only they have, and the rows of a table
 * that begin with an npm script which is not one of `scripts`.
 *
 * @throws {Error} where a section for teachers is not there: under another name it would go to the students.
 */
export function cutReadme(text: string, scripts: ReadonlySet<string>): string {
  const sections = text.split(/^(?=## )/m);
  for (const title of teachersSections) {
    if (!sections.some((section) => section.startsWith(`## ${title}\n`))) {
      throw new Error(`Expected a section "## ${title}" in README.md.`);
    }
  }
  const cut = [...teachersSections, ...sectionsOnSolutions].map((title) => `## ${title}\n`);
  return sections
    .filter((section) => !cut.some((heading) => section.startsWith(heading)))
    .join('')
    .replace(/^\| `npm run (?<script>[\w:-]+).*\n/gm, (row: string, script: string) =>
      scripts.has(script) ? row : '',
    );
}
