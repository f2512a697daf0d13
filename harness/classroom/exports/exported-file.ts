import { createHash } from 'node:crypto';

/** A file of an export. */
export interface ExportedFile {
  /** Relative to the folder of the report, with `/`; safe to write, whatever a student is called. */
  readonly name: string;
  readonly text: string;
}

/** Names that Windows keeps for devices, with any extension. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/;

/**
 * A name for a file of `id` that stays in its folder on every system. Where something had to be changed it ends in `~` and a hash, which no
 * unchanged name does: so two ids never meet in one file, also where the file system does not tell `Ada` from `ada`.
 */
export function fileNameOf(id: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,59}$/.test(id) && !id.endsWith('.') && !devices.test(id)) return id;
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 16);
  const readable = id
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 40);
  return `${readable || 'student'}~${hash}`;
}
