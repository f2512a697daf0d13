import type { Kata } from '../catalog/kata.ts';
import type { Confinement } from './confinement.ts';
import type { KataResult, TestResult } from './kata-result.ts';

/** What a pool tells one of its processes. */
export type SessionRequest =
  | {
      readonly type: 'run';
      readonly kata: Kata;
      readonly submission: string | null;
      readonly shareProcess: boolean;
      readonly confinement: Confinement | null;
      readonly seed: number | undefined;
      /** Whether somebody wants to hear of each test as soon as it has ended. */
      readonly tellsTests: boolean;
    }
  /** Starts a test process ahead of its first answer. */
  | {
      readonly type: 'prepare';
      readonly confinement: Confinement;
      readonly packages: readonly string[];
    }
  /** Ends the test processes that wait. */
  | { readonly type: 'drop' }
  | { readonly type: 'close' };

/** What a process tells its pool. One job runs at a time, so a message needs no number. */
export type SessionReply =
  | { readonly type: 'ready' }
  | { readonly type: 'test'; readonly kata: string; readonly test: TestResult }
  | { readonly type: 'result'; readonly result: KataResult }
  | { readonly type: 'refused'; readonly message: string };
