/**
 * A place of their own for the test processes of one answerer: how to start them there. It is plain data, because it travels to the process that keeps
 * Vitest, and this part of the harness knows nothing of what builds such a place.
 */
export interface Confinement {
  /** Answers share a process only under the same name. */
  readonly name: string;
  /** A program that runs the words behind its own as a command, and passes on its file descriptors. */
  readonly command: string;
  readonly words: readonly string[];
  /** All of the environment, but for what Vitest and the harness tell the process themselves. */
  readonly environment: Readonly<Record<string, string>>;
  /** Who the processes belong to; null is whoever starts them. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
  /** A file of the host that the process may write its last words to; it is there before the process is. */
  readonly lastWords: string;
  readonly limits: ConfinementLimits;
}

/** What all processes of one confinement may take together, for one kata. */
export interface ConfinementLimits {
  readonly seconds: number;
  /** Of resident memory, over all processes. */
  readonly memoryBytes: number;
  readonly processes: number;
  /** On stdout and stderr. */
  readonly outputBytes: number;
}

/** What Vitest and the harness must say to a confined process; nothing else of the host's environment goes in. */
const passed = /^(?:VITEST|VITEST_\w+|TEST|DEV|PROD|SSR|MODE|BASE_URL|NODE_ENV|KATAS_FROM)$/;

/** The environment of a confined process that is asked for with `env`. */
export function confinedEnvironment(
  { environment, lastWords }: Confinement,
  env: Partial<NodeJS.ProcessEnv>,
): Record<string, string> {
  const told = Object.entries(env).filter(
    (entry): entry is [string, string] => passed.test(entry[0]) && entry[1] !== undefined,
  );
  return { ...Object.fromEntries(told), ...environment, KATA_WATCHDOG_FILE: lastWords };
}

/** A seed for a confined run, 0 to 2³²−1, that no answer can know beforehand. */
export function drawSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}
