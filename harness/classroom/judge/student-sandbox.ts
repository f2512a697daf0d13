import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Kata } from '../../catalog/kata.ts';
import type { Confinement, ConfinementLimits } from '../../runner/confinement.ts';
import { keptStripped } from '../../submission/strip-cache.ts';
import { projectRoot } from '../../trace/source-location.ts';
import { commonHash } from './hashes.ts';
import { nobody, sandboxEnvironment, sandboxWords } from './sandbox-words.ts';
import { unreadableNode } from './unreadable-node.ts';

/** More than any kata needs, on a busy machine too. */
export const defaultLimits: ConfinementLimits = {
  seconds: 120,
  memoryBytes: 2 * 1024 ** 3,
  processes: 64,
  outputBytes: 16 * 1024 ** 2,
};

const classroom = path.join(projectRoot, '.kata', 'classroom');

export interface SandboxOptions {
  /** Whether the processes run as the grader does, in no sandbox. */
  readonly isUnsafe: boolean;
  /** Whether the processes may write to the compile cache: only such as load nobody's answer. */
  readonly fillsCompileCache?: boolean;
}

/** The place where the answers of one student are judged: its folders on the host, and how a process starts in it. */
export class StudentSandbox implements Disposable {
  readonly confinement: Confinement;
  /** Where the answers lie, in folders by kata. */
  readonly answers: string;
  readonly #home: string;
  readonly #stripped: string;

  private constructor(home: string, limits: ConfinementLimits, options: SandboxOptions) {
    this.#home = home;
    this.answers = path.join(home, 'answers');
    this.#stripped = path.join(home, 'stripped');
    const [etc, lastWords] = [path.join(home, 'etc'), path.join(home, 'last-words')];
    for (const folder of [this.answers, this.#stripped, etc])
      mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(etc, 'hosts'), '127.0.0.1 localhost\n::1 localhost\n');
    writeFileSync(
      path.join(etc, 'passwd'),
      `nobody:x:${nobody}:${nobody}::/tmp:/usr/sbin/nologin\n`,
    );
    writeFileSync(lastWords, '');
    // Its writer is nobody, where the grader is root.
    chmodSync(lastWords, 0o666);
    const compileCache = compileCacheFolder();
    const folders = {
      answers: this.answers,
      stripped: this.#stripped,
      node: options.isUnsafe ? process.execPath : unreadableNode(),
      lastWords,
      etc,
      compileCache,
      fillsCompileCache: options.fillsCompileCache ?? false,
    };
    this.confinement = {
      name: home,
      limits,
      lastWords,
      ...(options.isUnsafe ? asGrader(compileCache) : asNobody(folders)),
    };
  }

  static open(limits: ConfinementLimits, options: SandboxOptions): StudentSandbox {
    removeAbandoned();
    const home = path.join(classroom, String(process.pid), randomUUID());
    return new StudentSandbox(home, limits, options);
  }

  /** Puts the answer to `kata` in place. Only files that the kata names are taken, under the names that it gives. */
  put(kata: Kata, files: ReadonlyMap<string, Uint8Array>): void {
    const folder = path.join(this.answers, kata.id);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const name of kata.files) {
      const content = files.get(name);
      if (content !== undefined) writeFileSync(path.join(folder, name), content);
    }
    this.#share(kata, folder);
  }

  [Symbol.dispose](): void {
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** Strips the types of what will be loaded out here, where that is kept: in there each process would do it anew. */
  #share(kata: Kata, folder: string): void {
    const given = kata.modules.filter((name) => name.startsWith('./'));
    const files = [
      kata.spec,
      ...[...kata.files, ...given].map((name) => path.join(kata.directory, name)),
      ...kata.files.map((name) => path.join(folder, name)),
    ];
    for (const file of files) {
      if (!existsSync(file)) continue;
      const kept = keptStripped(readFileSync(file, 'utf8'));
      if (kept !== null) copyFileSync(kept, path.join(this.#stripped, path.basename(kept)));
    }
  }
}

type Start = Pick<Confinement, 'command' | 'words' | 'environment' | 'user'>;

function asNobody(folders: Parameters<typeof sandboxWords>[0]): Start {
  return {
    command: 'bwrap',
    words: sandboxWords(folders),
    environment: sandboxEnvironment(folders.compileCache),
    // The kernel does not limit the processes of root.
    user: process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : null,
  };
}

function asGrader(compileCache: string): Start {
  const environment = sandboxEnvironment(compileCache);
  return { command: '/usr/bin/env', words: [], environment, user: null };
}

/** One for each state of the harness; no answer, and no solution, is ever loaded by a process that can write to it. */
function compileCacheFolder(): string {
  const name = `compile-cache-${commonHash()}`;
  const folder = path.join(classroom, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

let looked = false;

/** A grader that was killed could not tidy up after itself. */
function removeAbandoned(): void {
  if (looked) return;
  looked = true;
  const own = path.join(classroom, String(process.pid));
  process.once('exit', () => rmSync(own, { recursive: true, force: true }));
  if (!existsSync(classroom) || !existsSync('/proc/self')) return;
  for (const name of readdirSync(classroom)) {
    const isStale = /^\d+$/.test(name) && !existsSync(`/proc/${name}`);
    if (isStale) rmSync(path.join(classroom, name), { recursive: true, force: true });
  }
}
