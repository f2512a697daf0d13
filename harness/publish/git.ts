import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PublishError } from './publish-error.ts';

export interface GitOptions {
  /** What git reads from its standard input. */
  readonly input?: string | Buffer;
  /** Another index than the user's own. */
  readonly index?: string;
}

/** Git's commands on one checkout. Bytes are kept as they are: texts come and go as latin1, a character to a byte. */
export class Git {
  readonly #root: string;
  readonly #program: string;

  private constructor(root: string, program: string) {
    this.#root = root;
    this.#program = program;
  }

  /**
   * @param root the root of a checkout, as an absolute path.
   * @param program the git to run; only tests name another one.
   * @throws {PublishError} where there is no git, or `root` is not the root of a checkout.
   */
  static open(root: string, program = 'git'): Git {
    const git = new Git(root, program);
    const prefix = git.run(['rev-parse', '--show-prefix']);
    if (prefix === '') return git;
    throw new PublishError(
      `Expected the root of a git checkout, but ${root} is a folder inside of one.`,
    );
  }

  /**
   * Runs a command and returns what it prints, without the last line's end.
   *
   * @throws {PublishError} with git's own words where it fails.
   */
  run(words: readonly string[], options: GitOptions = {}): string {
    const { status, stdout, stderr, error } = this.#spawn(words, options);
    if (error !== undefined) {
      throw new PublishError(
        `Expected git on this machine, but it cannot be run: ${error.message}.`,
      );
    }
    if (status === 0) return stdout.replace(/\n$/, '');
    const said = Buffer.from(stderr, 'latin1').toString().trim().split('\n', 1)[0]!;
    throw new PublishError(`git ${words[0]} failed in ${this.#root}: ${said}`);
  }

  /** As `run`, but null where git fails: for questions whose answer may be no. */
  ask(words: readonly string[]): string | null {
    const { status, stdout } = this.#spawn(words, {});
    return status === 0 ? stdout.replace(/\n$/, '') : null;
  }

  /** Makes a tree from an index of its own, which `fill` fills; the user's index stays as it is. */
  writeTree(fill: (index: string) => void): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'katas-index-'));
    try {
      const index = path.join(folder, 'index');
      fill(index);
      return this.run(['write-tree'], { index });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  #spawn(words: readonly string[], { input = '', index }: GitOptions) {
    return spawnSync(this.#program, words, {
      cwd: this.#root,
      encoding: 'latin1',
      input,
      maxBuffer: 2 ** 28,
      env: {
        ...environment(),
        // Without it, a mere `git status` writes the index anew.
        GIT_OPTIONAL_LOCKS: '0',
        ...(index !== undefined && { GIT_INDEX_FILE: index }),
      },
    });
  }
}

/** A git hook, and some editors, say where their repository lies: it may be another one. */
function environment(): NodeJS.ProcessEnv {
  const elsewhere = new Set(['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX']);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !elsewhere.has(name)));
}
