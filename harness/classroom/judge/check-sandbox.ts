import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '../../catalog/message-of.ts';
import type { Confinement } from '../../runner/confinement.ts';
import { SandboxError } from './sandbox-error.ts';

const run = promisify(execFile);

/**
 * Starts one harmless program in the sandbox, so that what is missing is known before any answer runs.
 *
 * @throws {SandboxError} which names the layer.
 */
export async function checkSandbox({
  command,
  words,
  environment,
  user,
}: Confinement): Promise<void> {
  if (process.platform !== 'linux') {
    throw new SandboxError(
      'linux',
      `The sandbox is made by the Linux kernel; this is ${process.platform}.`,
    );
  }
  await needs('bubblewrap', command, 'Install the package bubblewrap.');
  await needs('prlimit', 'prlimit', 'Install the package util-linux.');
  try {
    await run(command, [...words, process.execPath, '--eval', question], {
      env: environment,
      timeout: 60_000,
      ...user,
    });
  } catch (error) {
    throw missingLayer(error);
  }
}

/** Exits with 7 where something of the host can be reached that must not be. */
const question = `
  const { networkInterfaces } = require('node:os');
  const isAlone = process.pid < 20 && Object.keys(networkInterfaces()).join() === 'lo';
  process.exit(isAlone ? 0 : 7);
`;

async function needs(
  layer: 'bubblewrap' | 'prlimit',
  command: string,
  advice: string,
): Promise<void> {
  try {
    await run(command, ['--version']);
  } catch {
    throw new SandboxError(layer, `The program ${command} is not there. ${advice}`);
  }
}

function missingLayer(error: unknown): SandboxError {
  const text = messageOf(error);
  if ((error as { code?: unknown }).code === 7) {
    return new SandboxError(
      'namespaces',
      'Processes or network of this machine can be seen from inside.',
    );
  }
  if (/namespace|Operation not permitted|uid map|loopback/i.test(text)) {
    return new SandboxError(
      'namespaces',
      `The kernel gives no namespaces to this user: ${lastLine(text)} In a container, allow user namespaces; on Ubuntu see AppArmor's userns restriction.`,
    );
  }
  return new SandboxError(
    'access',
    `A program could not start inside: ${lastLine(text)} The folders down to the project must be readable for everybody where the grader runs as root.`,
  );
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)!.slice(0, 300);
}
