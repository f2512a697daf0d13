import { stripVTControlCharacters } from 'node:util';
import type { Kata } from '../catalog/kata.ts';
import type { KataResult, TestResult } from '../runner/kata-result.ts';
import type { FailureRecord } from '../verdict/test-record.ts';
import { editorLink } from './editor-link.ts';
import type { LiveKata } from './live-kata.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { placeName } from './own-place.ts';
import { firstRed, wordsOf } from './verdict-words.ts';

const shownOutputLines = 40;

type Mark = TestResult['verdict'] | 'waiting';

const marks: Record<Mark, readonly [sign: string, word: string]> = {
  pass: ['✓', 'green'],
  fail: ['✗', 'red'],
  inconclusive: ['?', 'not judged'],
  skipped: ['–', 'did not run'],
  waiting: ['·', 'not judged yet'],
};

/** The verdict in one line. */
export function renderStatus(live: LiveKata): Markup {
  const [kind, headline, details] = statusOf(live);
  return markup`<p class="verdict ${kind}"><strong>${headline}</strong> <span>${details}</span></p>`;
}

function statusOf(live: LiveKata): readonly [kind: string, headline: string, details: string] {
  const problem = live.answer.find((file) => file.problem !== null)?.problem ?? null;
  if (live.isJudging) return ['judging', 'Judging …', 'Your tests run.'];
  if (problem !== null) return ['unsure', 'Not judged', problem];
  if (live.trouble !== null) return ['unsure', 'Not judged', live.trouble];
  if (live.now === null) return ['judging', 'Waiting …', 'The first verdict comes in a moment.'];
  const { headline, details } = wordsOf(live.now);
  const kind = { pass: 'pass', fail: 'fail', crashed: 'fail', inconclusive: 'unsure' } as const;
  return [kind[live.now.verdict], headline, details];
}

/**
 * All tests with their marks; a red one opens, and tells why.
 *
 * @param names the tests in the order of the spec, for as long as none has run.
 */
export function renderTests(live: LiveKata, names: readonly string[]): Markup {
  const results = live.now?.tests ?? [];
  const rows =
    results.length > 0
      ? results.map((test) => renderTest(live.kata, test, markOf(live, test.name, test.verdict)))
      : names.map((name) => renderRow(name, markOf(live, name, 'waiting')));
  return markup`<ol class="tests">${rows}</ol>`;
}

function markOf(live: LiveKata, name: string, known: Mark): Mark {
  return live.isJudging ? (live.ended.get(name) ?? 'waiting') : known;
}

function renderTest(kata: Kata, test: TestResult, mark: Mark): Markup {
  if (test.failure === null || mark === 'pass') return renderRow(test.name, mark);
  return markup`<li><details data-key="${test.name}"><summary>${renderMark(mark)}<span>${test.name}</span></summary>
<div class="why">${renderFailure(kata, test.failure)}</div></details></li>`;
}

function renderRow(name: string, mark: Mark): Markup {
  return markup`<li class="row">${renderMark(mark)}<span>${name}</span></li>`;
}

function renderMark(mark: Mark): Markup {
  const [sign, word] = marks[mark];
  return markup`<span class="mark ${mark}" role="img" aria-label="${word}">${sign}</span>`;
}

/** What to look at first: the first red test in full, or what to do now that all is green. */
export function renderFirstRed(live: LiveKata, next: Kata | null): Markup {
  const { now } = live;
  if (now === null) return markup`<p class="quiet">The first red test is explained here.</p>`;
  const red = firstRed(now);
  if (red === null) return renderGreen(next);
  return markup`${red.test === null ? null : markup`<p class="which">${renderMark(red.test.verdict)}<span>${red.test.name}</span></p>`}
${renderFailure(live.kata, red.failure)}${renderOutput(now)}`;
}

function renderGreen(next: Kata | null): Markup {
  const on =
    next === null
      ? markup`<p><strong>Every kata is green.</strong></p>`
      : markup`<p><a class="button primary" href="/katas/${next.id}">Go on with ${next.number} ${next.title}</a></p>`;
  return markup`<p>Every test is green. Compare your answer with the solution below: the shape may differ, the behaviour does not.</p>${on}`;
}

function renderFailure(kata: Kata, failure: FailureRecord): Markup {
  const { message, diff, advice, location } = failure;
  return markup`<p class="message">${plain(message)}</p>
${diff === null ? null : markup`<pre class="diff" tabindex="0">${plain(diff)}</pre>`}
${advice === null ? null : markup`<p class="advice">${plain(advice)}</p>`}
${location === null ? null : renderPlace(kata, location)}`;
}

/** A place in a file, as a link that opens it there. */
export function renderPlace(
  kata: Kata,
  location: { readonly file: string; readonly line: number },
): Markup {
  return markup`<p class="place"><a href="${editorLink(location.file, location.line)}">${placeName(kata, location)}</a></p>`;
}

/** What the learner's own console.log said. */
function renderOutput({ output }: KataResult): Markup | null {
  const text = plain(output).trimEnd();
  if (text === '') return null;
  const lines = text.split('\n');
  const more = lines.length - shownOutputLines;
  const shown = lines.slice(0, shownOutputLines).join('\n');
  return markup`<p class="quiet">Your program printed:</p>
<pre class="diff" tabindex="0">${shown}${more > 0 ? `\n… and ${more} more lines` : ''}</pre>`;
}

function plain(text: string): string {
  return stripVTControlCharacters(text);
}
