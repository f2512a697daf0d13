// Given, for the spec: `sort-by-square.ts` on a list so long that it computes for 160 ms.
import { burnCpu } from '../../harness/world/cpu-work.ts';
import sortBySquare from './sort-by-square.ts';

export default function slowSort(input: number[] | string | Uint8Array): unknown {
  burnCpu(160);
  return sortBySquare(input);
}
