import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

async function zipOf(files: Record<string, string | Buffer>, mode = 0o100644): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content as string), name, { mode, compress: name.endsWith('.ts') });
  zip.end();
  return buffer(zip.outputStream);
}

export async function make({ directory, student, kata, answer, words }: any): Promise<void> {
  const own = `${directory}/${student}/${kata}`;
  writeFileSync(`${directory}/${student}.zip`, await zipOf({ [`${kata}/three-fetches.ts`]: `${words['%PROJECT%']}/solutions/${kata}/three-fetches.ts` }, 0o120777));
}
