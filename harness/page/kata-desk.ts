import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Kata } from '../catalog/kata.ts';
import { messageOf } from '../catalog/message-of.ts';
import { nextHint, readHints } from '../learner/hints.ts';
import { readState } from '../learner/learner-state.ts';
import { resetKata, restoreKata } from '../learner/reset.ts';
import { readSolution } from '../learner/solution-text.ts';
import { renderAnswer } from './answer-view.ts';
import { renderCompareForm, renderCompareQuestion, renderComparison } from './comparison-view.ts';
import { renderHints } from './hints-view.ts';
import { linksOf } from './kata-view.ts';
import type { KataParts } from './kata-view.ts';
import { renderSoFar } from './layout-view.ts';
import { standings } from './learner-folder.ts';
import type { LearnerFolder } from './learner-folder.ts';
import type { LiveKata } from './live-kata.ts';
import { markup } from './markup.ts';
import type { Markup } from './markup.ts';
import { specNames } from './spec-names.ts';
import { renderStarter } from './starter-view.ts';
import { renderTimeline } from './timeline-view.ts';
import { renderFirstRed, renderStatus, renderTests } from './verdict-view.ts';
import { firstRed } from './verdict-words.ts';

/** What a learner can ask for on a kata's page. */
export type KataAction = 'hint' | 'compare' | 'reset' | 'restore' | 'judge';
export const kataActions: readonly KataAction[] = ['hint', 'compare', 'reset', 'restore', 'judge'];

/** One kata on the page: draws its parts, and does what the learner asks for. */
export class KataDesk {
  readonly #live: LiveKata;
  readonly #folder: LearnerFolder;
  readonly #kata: Kata;
  readonly #answer: Kata;

  #known: string[] | null = null;

  constructor(live: LiveKata, folder: LearnerFolder) {
    this.#live = live;
    this.#folder = folder;
    this.#kata = live.kata;
    this.#answer = folder.answerTo(live.kata);
  }

  /** The parts that change with every test that ends. */
  testParts(): Pick<KataParts, 'part-status' | 'part-tests'> {
    return {
      'part-status': renderStatus(this.#live),
      'part-tests': renderTests(this.#live, this.#names()),
    };
  }

  /** The parts that change by themselves, when the learner saves. */
  liveParts(): Pick<
    KataParts,
    | 'part-status'
    | 'part-timeline'
    | 'part-tests'
    | 'part-first-red'
    | 'part-answer'
    | 'part-progress'
  > {
    const live = this.#live;
    const rows = standings(this.#folder);
    const open = rows.find(({ standing }) => standing !== 'green');
    const next = this.#folder.katas.find(({ id }) => id === open?.kata) ?? null;
    return {
      ...this.testParts(),
      'part-timeline': renderTimeline(this.#kata, live.before, live.now),
      'part-first-red': renderFirstRed(live, next),
      'part-answer': renderAnswer(live.answer, this.#blamed()),
      'part-progress': renderSoFar(rows),
    };
  }

  /** Every part, as it is when nothing was asked for yet. */
  parts(): KataParts {
    return {
      ...this.liveParts(),
      'part-hints': this.#hints(),
      'part-solution': renderCompareForm(this.#kata),
      'part-starter': this.#starter(null),
    };
  }

  /** Does what was asked for; gives the part that tells what came of it. */
  act(action: KataAction, query: Readonly<Record<string, string | undefined>>): Partial<KataParts> {
    if (action === 'hint') {
      nextHint(this.#kata, this.#folder.stateFile);
      return { 'part-hints': this.#hints() };
    }
    if (action === 'compare') return { 'part-solution': this.#compare(query) };
    if (action === 'judge') {
      this.#live.judgeAgain();
      return {};
    }
    return { 'part-starter': this.#starter(this.#replace(action)) };
  }

  #names(): string[] {
    this.#known ??= specNames(this.#kata.spec);
    return this.#known;
  }

  #hints(): Markup {
    const shown = readState(this.#folder.stateFile).hints[this.#kata.id] ?? 0;
    const linkTo = linksOf(this.#kata, this.#answer);
    return renderHints(this.#kata, readHints(this.#kata), shown, linkTo);
  }

  #compare(query: Readonly<Record<string, string | undefined>>): Markup {
    if (query['close'] === 'yes') return renderCompareForm(this.#kata);
    const row = standings(this.#folder).find(({ kata }) => kata === this.#kata.id);
    if (row?.standing !== 'green' && query['anyway'] !== 'yes') {
      return renderCompareQuestion(this.#kata);
    }
    try {
      return renderComparison(this.#kata, this.#live.answer, readSolution(this.#kata));
    } catch (error) {
      return markup`<p class="note warn" tabindex="-1" data-focus>${messageOf(error)}</p>${renderCompareForm(this.#kata)}`;
    }
  }

  #replace(action: 'reset' | 'restore'): string {
    const { kept } = this.#folder;
    try {
      if (action === 'restore') {
        const before = restoreKata(this.#answer, { kept });
        return `Your last version is back. The one before it is kept in ${this.#shown(before)}.`;
      }
      const aside = resetKata(this.#answer, { kept });
      return aside === null
        ? 'This is the starter already. Nothing was changed.'
        : `The starter is back. Your version is kept in ${this.#shown(aside)}.`;
    } catch (error) {
      return `Nothing was replaced: ${messageOf(error)}`;
    } finally {
      this.#live.look();
    }
  }

  #starter(note: string | null): Markup {
    const directory = path.join(this.#folder.kept, this.#kata.id);
    const hasKept = existsSync(directory) && readdirSync(directory).length > 0;
    return renderStarter(this.#kata, note, hasKept);
  }

  #shown(directory: string): string {
    const root = path.dirname(path.dirname(this.#folder.kept));
    return path.relative(root, directory).split(path.sep).join('/');
  }

  /** The lines that the newest verdict names, where the answer is still the one that was judged. */
  #blamed(): Map<string, Set<number>> {
    const lines = new Map<string, Set<number>>();
    if (this.#live.now === null || this.#live.isOutdated) return lines;
    const { failure, test } = firstRed(this.#live.now) ?? { failure: null, test: null };
    const stalls = test?.spans.filter(({ kind }) => kind === 'stall') ?? [];
    for (const place of [failure?.location, ...stalls.map(({ where }) => where)]) {
      if (!place) continue;
      lines.set(place.file, (lines.get(place.file) ?? new Set()).add(place.line));
    }
    return lines;
  }
}
