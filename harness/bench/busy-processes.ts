import { spawn } from 'node:child_process';

/** Other programs on the machine that want all the CPU they can get. */
export interface BusyProcesses extends Disposable {
  readonly pids: readonly number[];
}

/**
 * Starts `count` processes that compute for at most `limitMs`; disposing them ends them. Each also ends by itself when this process
 * is gone.
 */
export function startBusyProcesses(count: number, limitMs = 600_000): BusyProcesses {
  const program = `
    const parent = process.ppid;
    const end = Date.now() + ${limitMs};
    while (Date.now() < end && process.ppid === parent) for (let i = 0; i < 1e7; i++);
  `;
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', program], { stdio: 'ignore' }),
  );
  return {
    pids: children.map((child) => child.pid!),
    [Symbol.dispose]() {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}
