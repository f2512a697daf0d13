import { spawn } from 'node:child_process';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { projectRoot } from '../trace/source-location.ts';

/** How a tool ended. */
export interface ToolResult {
  readonly code: number | null;
  /** What it printed, on both streams, without colours. */
  readonly output: string;
}

/**
 * Runs a tool of `node_modules/.bin` in the checkout's root; also where npm did not put that folder on the path.
 *
 * @throws {Error} where the tool cannot be started.
 */
export function runTool(tool: string, words: readonly string[]): Promise<ToolResult> {
  const { promise, resolve, reject } = Promise.withResolvers<ToolResult>();
  const bin = path.join(projectRoot, 'node_modules', '.bin');
  const child = spawn(tool, words, {
    cwd: projectRoot,
    env: {
      ...process.env,
      PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`,
      NO_COLOR: '1',
    },
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.once('error', (error) => {
    reject(
      new Error(`Expected the tool ${tool}; run \`npm ci\`. ${error.message}`, { cause: error }),
    );
  });
  child.once('close', (code) => {
    resolve({ code, output: stripVTControlCharacters(Buffer.concat(chunks).toString()).trim() });
  });
  return promise;
}
