import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';

export async function make({ directory, student, kata, answer, words }: any): Promise<void> {
  const own = `${directory}/${student}/${kata}`;
  mkdirSync(own, { recursive: true });
  writeFileSync(`${own}/three-fetches.ts`, Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, ...Buffer.from(answer)]));
}
