import { restsOnCounts } from '../catalog/kata.ts';
import type { Subject } from '../catalog/subject.ts';

/**
 * The answers that tell most of a kata in little time: the starter, the solution, one right answer of another shape, and three wrong ones that are
 * rejected by different tests, or one where the spec rests on more than counts and virtual time, and a verdict takes seconds.
 *
 * @param subjects all answers to one kata.
 */
export function fewAnswers(subjects: readonly Subject[]): Subject[] {
  const of = (kind: Subject['kind']): Subject[] => subjects.filter((one) => one.kind === kind);
  const byTest = Map.groupBy(of('wrong'), ({ fails }) => fails[0]);
  const wrong = [...byTest.values()].map(([first]) => first!);
  const isQuick = subjects.every(({ kata }) => restsOnCounts(kata));
  return [
    ...of('starter'),
    ...of('solution'),
    ...of('right').slice(0, 1),
    ...wrong.slice(0, isQuick ? 3 : 1),
  ];
}
