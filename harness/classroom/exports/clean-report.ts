import { plainLine } from '../../trace/fit-text.ts';
import type { ClassReport, Grade, GradedTest } from '../grade-report.ts';
import { cleanText } from './clean-text.ts';

/**
 * The report with every text that a student may have written made harmless: no escape sequences and no control characters, names in one
 * line. Ids stay different from each other, also where only what was removed told them apart.
 */
export function cleanReport(report: ClassReport): ClassReport {
  const ids = cleanIds(report.students.map((student) => student.id));
  const idOf = (id: string): string => ids.get(id) ?? plainLine(id);
  return {
    ...report,
    katas: report.katas.map((kata) => ({
      ...kata,
      title: plainLine(kata.title),
      tests: kata.tests.map(plainLine),
    })),
    students: report.students.map((student) => ({
      ...student,
      id: idOf(student.id),
      name: lineOrNull(student.name),
      email: lineOrNull(student.email),
      source: lineOrNull(student.source),
      problems: student.problems.map(plainLine),
    })),
    grades: report.grades.map((grade) => cleanGrade(grade, idOf(grade.student))),
  };
}

function cleanGrade(grade: Grade, student: string): Grade {
  return {
    ...grade,
    student,
    reason: grade.reason === null ? null : cleanText(grade.reason),
    tests: grade.tests.map(cleanTest),
  };
}

function cleanTest(test: GradedTest): GradedTest {
  const { failure } = test;
  if (failure === null) return { ...test, name: plainLine(test.name) };
  return {
    ...test,
    name: plainLine(test.name),
    failure: {
      ...failure,
      message: cleanText(failure.message),
      advice: failure.advice === null ? null : cleanText(failure.advice),
      diff: failure.diff === null ? null : cleanText(failure.diff),
      location:
        failure.location === null
          ? null
          : { ...failure.location, file: plainLine(failure.location.file) },
    },
  };
}

function cleanIds(ids: readonly string[]): Map<string, string> {
  const cleaned = new Map<string, string>();
  // Ids that need no cleaning keep theirs, so that nobody can take the id of another by adding what is removed.
  const taken = new Set(ids.filter((id) => plainLine(id) === id));
  for (const id of ids) {
    const base = plainLine(id) || 'no name';
    let candidate = base;
    for (let count = 2; candidate !== id && taken.has(candidate); count += 1) {
      candidate = `${base} (${count})`;
    }
    taken.add(candidate);
    cleaned.set(id, candidate);
  }
  return cleaned;
}

function lineOrNull(text: string | null): string | null {
  return text === null ? null : plainLine(text) || null;
}
