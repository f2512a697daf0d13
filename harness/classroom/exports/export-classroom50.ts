import type { ClassReport } from '../grade-report.ts';
import type { ExportedFile } from './exported-file.ts';
import { sharePoints, wholePoints } from './share-points.ts';
import { standingOf, type KataStanding } from './standing.ts';
import { rerunSentences, toCheck } from './to-check.ts';

/** What Classroom 50's runner says of the submission, in the environment of an `autograder.py`. */
export interface Classroom50Context {
  /** `CLASSROOM` */
  readonly classroom: string;
  /** `ASSIGNMENT` */
  readonly assignment: string;
  /** `ASSIGNMENT_TYPE` */
  readonly assignmentType: 'individual' | 'group' | 'team';
  /** `OWNER`: the login that owns the repository. */
  readonly owner: string;
  /** `SUBMISSION_TAG`: begins with `submit/`. */
  readonly submission: string;
  /** `COMMIT_URL` */
  readonly commit: string;
  /** `RELEASE_URL` */
  readonly release: string;
  /** `REVIEW_URL` */
  readonly review: string;
  /** When the graded commit was made, ISO 8601. */
  readonly datetime: string;
}

/**
 * `result.json` of `classroom50/result/v1`, for one student. Its scores are whole numbers: a kata of weight 1 has a hundred points.
 *
 * Where a kata is not judged there is no `result.json`: the command then ends with an error, which Classroom 50 takes for an infrastructure
 * error, not for a grade.
 *
 * Source: Classroom 50's wiki, Advanced-Autograding.
 *
 * @throws Error where `student` is none of the report, or the context is not as the collector wants it.
 */
export function exportClassroom50(
  report: ClassReport,
  student: string | undefined,
  context: Classroom50Context | undefined,
): ExportedFile[] {
  const standing = standingOf(report, student);
  if (standing.points === null) return toCheck('result-to-check.txt', rerunSentences([standing]));
  const { assignmentType, datetime, ...identity } = checked(context);
  const tests = standing.katas.flatMap(testsOf);
  const result = {
    schema: 'classroom50/result/v1',
    classroom: identity.classroom,
    assignment: identity.assignment,
    assignment_type: assignmentType,
    owner: identity.owner,
    submission: identity.submission,
    commit: identity.commit,
    release: identity.release,
    review: identity.review,
    datetime: seconds(datetime),
    graded_at: seconds(report.gradedAt),
    score: tests.reduce((sum, test) => sum + test.score, 0),
    'max-score': tests.reduce((sum, test) => sum + test['max-score'], 0),
    tests,
  };
  return [{ name: 'result.json', text: `${JSON.stringify(result, null, 2)}\n` }];
}

function testsOf({ kata, tests }: KataStanding) {
  const points = sharePoints(wholePoints(kata.weight), tests.length);
  return tests.map(({ name, verdict, message }, index) => ({
    'test-name': `${kata.id}: ${name}`,
    passed: verdict === 'pass',
    score: verdict === 'pass' ? points[index]! : 0,
    'max-score': points[index]!,
    ...(message === null ? {} : { message }),
  }));
}

function checked(context: Classroom50Context | undefined): Classroom50Context {
  const variables =
    'CLASSROOM, ASSIGNMENT, ASSIGNMENT_TYPE, OWNER, SUBMISSION_TAG, COMMIT_URL, RELEASE_URL, REVIEW_URL';
  if (context === undefined) {
    throw new Error(
      `Expected what Classroom 50 says of the submission, got nothing. Its runner sets ${variables}.`,
    );
  }
  const [empty] = Object.entries(context).find(([, value]) => value === '') ?? [];
  if (empty !== undefined) {
    throw new Error(
      `Expected ${empty} of Classroom 50, got an empty text. Its runner sets ${variables}.`,
    );
  }
  if (!context.submission.startsWith('submit/')) {
    throw new Error(
      `Expected a tag that begins with submit/, got ${JSON.stringify(context.submission)}. Classroom 50 collects no other.`,
    );
  }
  if (Number.isNaN(Date.parse(context.datetime))) {
    throw new Error(
      `Expected the instant of the commit in ISO 8601, got ${JSON.stringify(context.datetime)}.`,
    );
  }
  return context;
}

/** `2026-06-01T14:32:01Z`: its collector's form, without fractions. */
function seconds(instant: string): string {
  return new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z');
}
