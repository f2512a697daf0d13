import { availableParallelism } from 'node:os';
import type { Finding } from './finding.ts';

const megabyte = 2 ** 20;
/** What a run of a kata may take: 256 MB for the kata's own process, as much for the one that judges, and some workers. */
const enoughMemory = 700 * megabyte;

/** Tells how many cores this process may use. */
export function checkCores(cores: number = availableParallelism()): Finding {
  if (cores >= 2) return { name: 'cores', state: 'ok', text: String(cores) };
  return {
    name: 'cores',
    state: 'limited',
    text: '1',
    advice:
      'Katas with workers take longer, and are inconclusive more often. Two cores are enough.',
  };
}

/** @param available bytes that this process could still take. */
export function checkMemory(available: number = process.availableMemory()): Finding {
  const text = `${Math.round(available / megabyte)} MB free`;
  if (available >= enoughMemory) return { name: 'memory', state: 'ok', text };
  return {
    name: 'memory',
    state: 'limited',
    text,
    advice: `A kata may need ${enoughMemory / megabyte} MB. Close some programs, or raise the limit of the container.`,
  };
}
