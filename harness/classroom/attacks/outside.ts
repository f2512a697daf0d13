import { hash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Kata } from '../../catalog/kata.ts';
import { solutionsDirectory } from '../../catalog/kata.ts';
import { projectRoot } from '../../trace/source-location.ts';

/** The variable of the grader's environment that holds the secret. */
export const secretVariable = 'KATA_ATTACK_SECRET';

/** One for all that this process tries: its environment is one. */
const secret = `secret-${randomBytes(16).toString('hex')}`;

/**
 * What an attack must not reach, laid out as near and as open as it may be in earnest: a folder and files that everybody may write to, a server that
 * takes any connection, a secret in the grader's environment and in files. An attack is told where all of it is.
 */
export class Outside implements AsyncDisposable {
  /** What no grade may hold. */
  readonly secret = secret;
  /** What the processes of the attack under way have on their command line. */
  readonly token = `attack-${randomBytes(8).toString('hex')}`;
  readonly #folders: readonly string[];
  readonly #server: Server;
  readonly #socket: Server;
  #connections = 0;

  private constructor(servers: { server: Server; socket: Server; folders: string[] }) {
    this.#folders = servers.folders;
    this.#server = servers.server;
    this.#socket = servers.socket;
    for (const server of [this.#server, this.#socket]) {
      server.on('connection', (socket) => {
        this.#connections += 1;
        socket.on('error', () => {});
        socket.end(`${this.secret}\n`);
      });
    }
    process.env[secretVariable] = this.secret;
  }

  static async open(): Promise<Outside> {
    const scratch = path.join(projectRoot, '.kata');
    mkdirSync(scratch, { recursive: true });
    // One where no sandbox has anything of the host's, one beside what it has.
    const folders = [tmpdir(), scratch].map((parent) => mkdtempSync(path.join(parent, 'outside-')));
    for (const folder of folders) chmodSync(folder, 0o777);
    const [server, socket] = [createServer(), createServer()];
    server.listen(0, '127.0.0.1');
    socket.listen(path.join(folders[0]!, 'socket'));
    await Promise.all([once(server, 'listening'), once(socket, 'listening')]);
    const outside = new Outside({ server, socket, folders });
    outside.#lay();
    return outside;
  }

  /** What stands for the places in the sources of attacks. */
  get words(): Readonly<Record<string, string>> {
    return {
      '%PROJECT%': projectRoot,
      '%OUTSIDE%': this.#folders[0]!,
      '%BESIDE%': this.#folders[1]!,
      '%PORT%': String((this.#server.address() as AddressInfo).port),
      '%SECRET_VARIABLE%': secretVariable,
      '%TOKEN%': this.token,
      '%GRADER%': String(process.pid),
    };
  }

  /** Notes how all stands; the function that it returns says what has changed since, as sentences. */
  watch(kata: Kata): () => string[] {
    this.#connections = 0;
    const before = this.#states(kata);
    return () => {
      const after = this.#states(kata);
      const problems = [...before]
        .filter(([name, state]) => after.get(name) !== state)
        .map(([name]) => `${name} is not as it was.`);
      if (this.#connections > 0) problems.push('It reached a server outside.');
      this.#lay();
      return problems;
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [this.#server, this.#socket]) {
      server.close();
      await once(server, 'close');
    }
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }

  /** Files to be read, written over and deleted by everybody. */
  #lay(): void {
    for (const folder of this.#folders) {
      for (const name of ['marker.txt', 'report.json', 'verdicts.sqlite']) {
        const file = path.join(folder, name);
        writeFileSync(file, this.secret);
        chmodSync(file, 0o666);
      }
    }
  }

  #states(kata: Kata): Map<string, string> {
    const folders = [...this.#folders, kata.directory, path.join(solutionsDirectory, kata.id)];
    const files = ['package.json', 'vitest.config.ts', 'node_modules/vitest/package.json'];
    return new Map([
      ...folders.map((folder) => [folder, contentOf(folder)] as const),
      ...files.map(
        (name) => [name, hash('sha256', readFileSync(path.join(projectRoot, name)))] as const,
      ),
    ]);
  }
}

function contentOf(folder: string): string {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name);
        return entry.isFile() ? `${file} ${hash('sha256', readFileSync(file))}` : file;
      })
      .toSorted()
      .join('\n');
  } catch {
    return 'not there';
  }
}
