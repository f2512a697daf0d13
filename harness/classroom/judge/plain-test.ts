import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import type { TestResult } from '../../runner/kata-result.ts';
import { projectRoot } from '../../trace/source-location.ts';
import type { GradedTest } from '../grade-report.ts';

/** Where answers lie while they are judged, out here and inside: it says nothing to a student. */
const placeOfAnswers =
  /(?:file:\/\/)?(?:\/[^\s:'"`]*)?\.kata\/(?:classroom\/\d+\/[\da-f-]{36}\/answers|submissions\/\d+)\//g;
/** Which load of a file it was: another number wherever its process has judged more before. */
const loadOfFile = /\?instance=\d+/g;

/** Where the grader lies on its machine, which is nobody's business who reads a report. */
const checkout = projectRoot + path.sep;
const checkoutUrl = `${pathToFileURL(projectRoot).href}/`;

const text = (most: number) =>
  v.pipe(
    v.string(),
    v.transform((value) =>
      value
        .slice(0, 2 * most)
        // First, since its name may hold a space, at which the place of the answers would seem to begin.
        .replaceAll(checkoutUrl, '')
        .replaceAll(checkout, '')
        .replace(placeOfAnswers, '')
        .replace(loadOfFile, '')
        .slice(0, most),
    ),
  );
const place = v.object({ file: text(500), line: v.pipe(v.number(), v.integer()) });
const time = v.pipe(v.number(), v.finite());

const failureShape = v.object({
  kind: text(40),
  message: text(4000),
  location: v.nullable(place),
  advice: v.nullable(text(1000)),
  diff: v.nullable(text(4000)),
});

const spanShape = v.object({
  label: text(200),
  kind: v.picklist(['request', 'timer', 'task', 'stall']),
  start: time,
  end: v.nullable(time),
  outcome: v.picklist(['open', 'done', 'failed', 'cancelled']),
  where: v.nullable(
    v.object({
      ...place.entries,
      column: v.pipe(v.number(), v.integer()),
      functionName: text(100),
    }),
  ),
});

/** More bars than a timeline can show. */
const mostSpans = 500;

/**
 * What a report takes over of a test. Beside the verdict nothing of it is sealed: it was put together in the process that an answer ran in, so it is
 * taken by its shape, and cut to a length that a report can bear.
 */
export function plainTest(test: TestResult): GradedTest {
  const failure = v.safeParse(failureShape, test.failure);
  const spans: unknown[] = Array.isArray(test.spans) ? test.spans.slice(0, mostSpans) : [];
  return {
    name: test.name,
    verdict: test.verdict,
    failure: failure.success ? (failure.output as GradedTest['failure']) : null,
    spans: spans.flatMap((span) => {
      const read = v.safeParse(spanShape, span);
      return read.success ? [read.output] : [];
    }),
    virtual: v.is(v.literal(true), test.virtual),
    virtualMs: Number.isFinite(test.virtualMs) ? test.virtualMs : 0,
  };
}

/** A sentence about an answer, without the place where it was judged. */
export function plainSentence(sentence: unknown): string {
  return v.parse(text(500), String(sentence));
}
