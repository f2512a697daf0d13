import type { ChildProcess } from 'node:child_process';
import diagnostics from 'node:diagnostics_channel';
import type { Server, Socket } from 'node:net';
import type { Worker } from 'node:worker_threads';
import { blamedFrame } from '../trace/source-location.ts';
import type { SourceLocation } from '../trace/source-location.ts';
import { callerStack } from './caller-stack.ts';

/** Something that was opened and keeps the process from ending, or goes on without anybody. */
export interface OpenedResource {
  /** As in "A worker thread". */
  readonly name: string;
  readonly where: SourceLocation | null;
  readonly isOpen: () => boolean;
}

/** Notes what is opened while it is not disposed of. */
export interface ResourceWatch extends Disposable {
  /** What was opened and still is. */
  left(): readonly OpenedResource[];
}

/**
 * Watches this thread for sockets, servers, workers and child processes that are opened from now on.
 *
 * They are told by Node's own diagnostics channels, at the moment of opening, so that the stack names the line.
 */
export function watchResources(): ResourceWatch {
  const opened: OpenedResource[] = [];
  const listeners = Object.entries(describers).map(([channel, describe]) => {
    const note = (message: unknown): void => {
      opened.push({ ...describe(message), where: blamedFrame(callerStack()) });
    };
    diagnostics.subscribe(channel, note);
    return { channel, note };
  });
  return {
    left: () => opened.filter((resource) => resource.isOpen()),
    [Symbol.dispose]: () => {
      for (const { channel, note } of listeners) diagnostics.unsubscribe(channel, note);
    },
  };
}

/* oxlint-disable typescript/no-unsafe-type-assertion -- a channel's messages have no type but the one in Node's reference */

/** How the message of each channel is told: https://nodejs.org/api/diagnostics_channel.html#built-in-channels */
const describers: Record<string, (message: unknown) => Omit<OpenedResource, 'where'>> = {
  'net.client.socket': (message) => {
    const { socket } = message as { socket: Socket };
    return { name: 'A connection', isOpen: () => !socket.destroyed && isReferenced(socket) };
  },
  'net.server.socket': (message) => {
    const { socket } = message as { socket: Socket & { server?: Server } };
    // While its server listens, an idle connection is the client's to close.
    const isOpen = (): boolean =>
      !socket.destroyed && socket.server !== undefined && !socket.server.listening;
    return { name: 'A connection of a server that no longer listens', isOpen };
  },
  'tracing:net.server.listen:asyncStart': (message) => {
    const { server } = message as { server: Server };
    return { name: 'A server', isOpen: () => server.listening };
  },
  worker_threads: (message) => {
    const { worker } = message as { worker: Worker };
    return { name: 'A worker thread', isOpen: () => worker.threadId !== -1 };
  },
  child_process: (message) => {
    const child = (message as { process: ChildProcess }).process;
    const isOpen = (): boolean =>
      child.pid !== undefined && child.exitCode === null && child.signalCode === null;
    return { name: 'A child process', isOpen };
  },
};

/** An idle connection in a client's pool is not: it does not keep the process alive. Node tells it only on the handle. */
function isReferenced(socket: Socket): boolean {
  const { _handle: handle } = socket as unknown as { _handle?: { hasRef?: () => boolean } | null };
  return handle?.hasRef?.() ?? true;
}
