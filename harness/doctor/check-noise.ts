import { judgeLoop } from '../loop/index.ts';
import type { LoopReport } from '../loop/index.ts';
import { burnCpuInSlices } from '../world/cpu-work.ts';
import type { Finding } from './finding.ts';

/** CPU milliseconds of the innocent work, and of each slice of it. */
const workMs = 250;
const sliceMs = 4;

/** Judges work that never holds the event loop, as the katas are judged: what the probe sees then is the noise of this machine. */
export async function checkNoise(): Promise<Finding> {
  return noiseFinding(await judgeLoop({ work: () => burnCpuInSlices(workMs, { sliceMs }) }));
}

/** What the report on innocent work says about the machine. */
export function noiseFinding({ verdict, limitMs, runs }: LoopReport): Finding {
  const name = 'noise';
  const longest = Math.max(...runs.map(({ suspectMs, heldMs }) => suspectMs - heldMs));
  const slowest = Math.max(...runs.map((run) => run.workMs));
  const text = `work of ${workMs} ms took ${slowest.toFixed(0)} ms, with up to ${longest.toFixed(0)} ms in line for a CPU`;
  if (verdict !== 'free') {
    return {
      name,
      state: 'wrong',
      text: `too much to judge: ${text}`,
      advice: 'Verdicts would be inconclusive. Close what keeps the CPUs busy, and ask again.',
    };
  }
  if (longest < limitMs) return { name, state: 'ok', text };
  return {
    name,
    state: 'limited',
    text,
    advice: 'Verdicts stay right, but take longer. Close what keeps the CPUs busy.',
  };
}
