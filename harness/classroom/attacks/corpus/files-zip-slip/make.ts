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
  const name = `xx/xx/xx${words['%OUTSIDE%']}/marker.txt`;
  const zip = await zipOf({ [name]: 'forged', [`xx/ada/${kata}/three-fetches.ts`]: answer });
  let text = zip.toString('latin1').replaceAll('xx/', '../');
  writeFileSync(`${directory}/${student}.zip`, Buffer.from(text, 'latin1'));
}
