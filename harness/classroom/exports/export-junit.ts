import { create } from 'xmlbuilder2';
import { plainLine } from '../../trace/fit-text.ts';
import type { ClassReport } from '../grade-report.ts';
import type { ExportedFile } from './exported-file.ts';
import {
  standingsOf,
  type KataStanding,
  type StudentStanding,
  type TestStanding,
} from './standing.ts';

/** JUnit readers limit a file (GitLab: 30 MB), and show the first lines. */
const mostCharacters = 2000;

/** Characters that XML 1.0 cannot hold, not even escaped. */
const notInXml = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/**
 * `junit.xml`: a suite for each student and kata, a case for each test of the kata.
 *
 * A case has one of `failure`, `error` and `skipped` or none, since GitLab and Jenkins differ in which they look at first; the student is part
 * of `classname`, since GitLab leaves out a second case of the same class and name. Not judged is `skipped`.
 *
 * Sources: gitlab, lib/gitlab/ci/parsers/test/junit.rb; Jenkins' junit-plugin, CaseResult.java.
 */
export function exportJunit(report: ClassReport): ExportedFile[] {
  const suites = standingsOf(report).flatMap(({ student, katas }) =>
    katas.map((standing) => suiteOf(student, standing)),
  );
  const sum = (field: 'tests' | 'failures' | 'errors' | 'skipped'): number =>
    suites.reduce((count, suite) => count + suite[`@${field}`], 0);
  const xml = create(
    { version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '' },
    {
      testsuites: {
        '@name': 'Event Loop Katas',
        '@tests': sum('tests'),
        '@failures': sum('failures'),
        '@errors': sum('errors'),
        '@skipped': sum('skipped'),
        testsuite: suites,
      },
    },
  ).end({ prettyPrint: true });
  return [{ name: 'junit.xml', text: `${xml}\n` }];
}

function suiteOf({ id }: StudentStanding['student'], standing: KataStanding) {
  const cases = standing.tests.map((test) => caseOf(`${id}.${standing.kata.id}`, standing, test));
  const count = (kind: string): number => cases.filter((one) => kind in one).length;
  return {
    '@name': xmlText(`${id} / ${standing.kata.id}`),
    '@tests': cases.length,
    '@failures': count('failure'),
    '@errors': count('error'),
    '@skipped': count('skipped'),
    '@time': ((standing.grade?.judgedMs ?? 0) / 1000).toFixed(3),
    testcase: cases,
  };
}

function caseOf(className: string, standing: KataStanding, test: TestStanding) {
  const location = test.record?.failure?.location ?? null;
  const base = {
    '@classname': xmlText(className),
    '@name': xmlText(test.name),
    ...(location === null ? {} : { '@file': xmlText(location.file) }),
  };
  if (test.verdict === 'pass') return base;
  const text = xmlText(test.message ?? '');
  const message = plainLine(text).slice(0, 200);
  if (standing.points === null) return { ...base, skipped: { '@message': message } };
  const where = location === null ? '' : `\n${xmlText(location.file)}:${location.line}`;
  const told = { '@message': message, '@type': standing.verdict, '#': `${text}${where}` };
  return test.verdict === 'fail'
    ? { ...base, failure: { ...told, '@type': test.record?.failure?.kind ?? 'missing' } }
    : { ...base, error: told };
}

/** GitLab takes `[[ATTACHMENT|path]]` in a case for a file to show: a student's text may not name one. */
function xmlText(text: string): string {
  return text
    .slice(0, mostCharacters)
    .replace(notInXml, '')
    .replaceAll('[[ATTACHMENT|', '[[ATTACHMENT |');
}
