import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const file = 'jplag.json';
const schema = 'event-loop-katas/jplag-export/v1';

/**
 * Reads the marker by which a folder is known as an export of ours.
 *
 * @returns the ids of the katas that were exported into it; null where it is not ours.
 */
export function readMarker(folder: string): string[] | null {
  try {
    const marker = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as {
      readonly schema: unknown;
      readonly katas: readonly unknown[];
    };
    if (marker.schema !== schema) return null;
    // These folders are removed: a marker that somebody has edited must not name another place.
    return marker.katas
      .filter((id) => typeof id === 'string')
      .filter((id) => /^\d\d-[a-z0-9-]+$/.test(id));
  } catch {
    return null;
  }
}

/** Marks a folder as an export of ours that holds `katas`. */
export function writeMarker(folder: string, katas: readonly string[]): void {
  writeFileSync(path.join(folder, file), `${JSON.stringify({ schema, katas }, null, 2)}\n`);
}
