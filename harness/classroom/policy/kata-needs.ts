import type { Kata } from '../../catalog/kata.ts';

/** The part of a kata that the policy looks at. */
export type PolicyKata = Pick<Kata, 'id' | 'files' | 'modules' | 'directory'>;

/** What the answers to a kata need beyond its modules. */
export interface KataNeeds {
  /** Members of `process`. */
  readonly process: ReadonlySet<string>;
  /** Events of `process`. */
  readonly events: ReadonlySet<string>;
  /** Whether the answer is handed a module by its URL and has to import it. */
  readonly importsWhatIsGiven: boolean;
}

/** Reading them tells nothing that a program may not know, and calling them harms nobody. */
const everywhere = [
  'addListener',
  'arch',
  'availableMemory',
  'constrainedMemory',
  'cpuUsage',
  'cwd',
  'emitWarning',
  'getActiveResourcesInfo',
  'hrtime',
  'listenerCount',
  'memoryUsage',
  'nextTick',
  'off',
  'on',
  'once',
  'pid',
  'platform',
  'release',
  'removeListener',
  'resourceUsage',
  'setMaxListeners',
  'stderr',
  'stdout',
  'threadCpuUsage',
  'uptime',
  'version',
  'versions',
];

/** For the one who starts a thread or a process. */
const forParents = ['argv', 'argv0', 'env', 'execArgv', 'execPath'];

/** For the file that runs in a thread or a process of its own. */
const forChildren = ['channel', 'connected', 'disconnect', 'exit', 'exitCode', 'send', 'stdin'];

/** A listener for one of these is seen by those katas that forbid it, and helps nobody in the others. */
const eventsEverywhere = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGTERM',
  'rejectionHandled',
  'uncaughtException',
  'uncaughtExceptionMonitor',
  'unhandledRejection',
  'warning',
];

/** In the program that judges these would hear the judge itself. */
const eventsForChildren = ['beforeExit', 'disconnect', 'exit', 'message'];

/** Their contract hands over the URL of a module with tasks. */
const importingKatas = new Set(['24-worker-pool', '25-process-pool']);

/** Their answer ends processes that it has started: in the sandbox it sees no others. */
const killingKatas = new Set(['25-process-pool']);

/** Their answer is the program that ends. */
const endingKatas = new Set(['27-graceful-shutdown']);

/**
 * What one file of an answer to `kata` may use.
 *
 * The first file of a kata is loaded by the program that judges; the others run where the first one starts them.
 */
export function needsOf(kata: PolicyKata, file: string): KataNeeds {
  const isParent =
    kata.modules.includes('node:child_process') || kata.modules.includes('node:worker_threads');
  const isChild = isParent && file !== kata.files[0];
  return {
    process: new Set([
      ...everywhere,
      ...(isParent ? forParents : []),
      ...(isChild ? forChildren : []),
      ...(killingKatas.has(kata.id) ? ['kill'] : []),
      ...(endingKatas.has(kata.id) ? ['exit', 'exitCode'] : []),
    ]),
    events: new Set([...eventsEverywhere, ...(isChild ? eventsForChildren : [])]),
    importsWhatIsGiven: importingKatas.has(kata.id),
  };
}
