import { readdirSync, readFileSync } from 'node:fs';

/** The command lines of the processes whose command line or environment holds `text`, but for this one; none where the system does not tell. */
export function processesWith(text: string): string[] {
  return processIds().flatMap((pid) => {
    if (pid === String(process.pid)) return [];
    const command = read(`/proc/${pid}/cmdline`);
    const found = command.includes(text) || read(`/proc/${pid}/environ`).includes(text);
    return found ? [`${pid}: ${command.replaceAll('\0', ' ').slice(0, 200)}`] : [];
  });
}

function processIds(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // It has ended, or is somebody else's.
    return '';
  }
}
