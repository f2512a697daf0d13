import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** The absolute path of a program on the path; null where there is none. */
export function findProgram(name: string, searched = process.env['PATH'] ?? ''): string | null {
  const found = searched
    .split(path.delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  return found ?? null;
}

/** What the system lacks to run the program `name`, told as `what`; null where it has it. */
export function missingProgram(name: string, what = `the program ${name}`): string | null {
  return findProgram(name) === null ? what : null;
}
