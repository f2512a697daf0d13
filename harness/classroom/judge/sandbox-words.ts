import path from 'node:path';
import { projectRoot } from '../../trace/source-location.ts';
import { memoryArguments } from '../../runner/spare-process.ts';

/** Folders of the host that one sandbox sees, besides the tree of the project. */
export interface SandboxFolders {
  /** The answers of one student, read-only: they lie where the host has them too. */
  readonly answers: string;
  /** JavaScript of the specs and of these answers, read-only; seen as the project's own cache. */
  readonly stripped: string;
  /** The Node that runs inside: `unreadableNode`. */
  readonly node: string;
  /** The file for the watchdog's last words, the only one of the host that can be written to. */
  readonly lastWords: string;
  /** Name look-up without the host's files. */
  readonly etc: string;
  /** What Node made of the harness and of packages: to be read only, but for who fills it. */
  readonly compileCache: string;
  readonly fillsCompileCache: boolean;
}

const mebibyte = 1024 ** 2;

/** The owner of everything inside: nobody, who owns nothing outside either where the grader runs as root. */
export const nobody = 65_534;

/** What each single process inside may take. */
export const processLimits = {
  /**
   * All that it may map to write to. A process of a kata needs 200 MB of it, but V8 reserves half a gigabyte for the code of each thread, too, and what is only
   * reserved counts: so this stops the worst only, and what is resident is watched.
   */
  dataBytes: 12 * 1024 * mebibyte,
  /** Processes and threads of the whole sandbox: the kernel counts them for its own user. */
  tasks: 256,
  openFiles: 1024,
  fileBytes: 32 * mebibyte,
  /** Of each of the two folders that can be written to. */
  scratchBytes: 64 * mebibyte,
} as const;

/**
 * The words that make bubblewrap start a command in a sandbox (https://github.com/containers/bubblewrap): own process ids, network with loopback only,
 * mounts, IPC and host name; a tree that holds Node, the harness and the katas, read-only, and nothing else of the host; no privileges and no way to new ones.
 */
export function sandboxWords(folders: SandboxFolders): string[] {
  const scratch = path.join(projectRoot, '.kata');
  return [
    '--unshare-user',
    '--unshare-pid',
    '--unshare-net',
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup-try',
    '--disable-userns',
    '--cap-drop',
    'ALL',
    '--hostname',
    'kata',
    '--uid',
    String(nobody),
    '--gid',
    String(nobody),
    '--die-with-parent',
    '--new-session',
    ...readOnly('/usr'),
    ...systemLinks(),
    '--ro-bind',
    folders.etc,
    '/etc',
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    ...writable('/tmp'),
    // A mount of its own, because a checkout may lie below /tmp, where all that is no mount can be written to.
    '--tmpfs',
    projectRoot,
    ...['node_modules', 'harness', 'katas', 'package.json', 'vitest.config.ts', 'tsconfig.json']
      .map((name) => path.join(projectRoot, name))
      .flatMap(readOnly),
    // Behind the packages, which hold the one that can be read.
    '--ro-bind',
    folders.node,
    process.execPath,
    ...writable(path.join(scratch, 'submissions')),
    '--ro-bind',
    folders.stripped,
    path.join(scratch, 'stripped'),
    folders.fillsCompileCache ? '--bind' : '--ro-bind',
    folders.compileCache,
    folders.compileCache,
    ...readOnly(folders.answers),
    '--bind',
    folders.lastWords,
    folders.lastWords,
    // What a mount point was made of is no place to write to.
    '--remount-ro',
    projectRoot,
    '--remount-ro',
    '/',
    '--chdir',
    projectRoot,
    '--',
    ...limitWords(),
  ];
}

/** What an ordinary program finds in its environment; nothing of the host's. */
export function sandboxEnvironment(compileCache: string): Record<string, string> {
  return {
    PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: '/tmp',
    LANG: 'C.UTF-8',
    // Also for programs that an answer starts.
    NODE_OPTIONS: memoryArguments[0]!,
    NODE_COMPILE_CACHE: compileCache,
  };
}

function limitWords(): string[] {
  const { dataBytes, tasks, openFiles, fileBytes } = processLimits;
  return [
    'prlimit',
    `--data=${dataBytes}`,
    `--nproc=${tasks}`,
    `--nofile=${openFiles}`,
    `--fsize=${fileBytes}`,
    '--core=0',
    '--',
  ];
}

function readOnly(file: string): string[] {
  return ['--ro-bind', file, file];
}

function writable(folder: string): string[] {
  return ['--size', String(processLimits.scratchBytes), '--tmpfs', folder];
}

/** `/lib` and its kin, which are links into `/usr` on a merged system, and folders of their own on others. */
function systemLinks(): string[] {
  return ['lib', 'lib32', 'lib64', 'bin', 'sbin'].flatMap((name) => [
    '--ro-bind-try',
    `/${name}`,
    `/${name}`,
  ]);
}
