const { getBuiltinModule } = process;
const fs = getBuiltinModule('node:fs');

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const reached: string[] = [];
  const tell = (name: string, look: () => unknown) => {
    try {
      reached.push(`${name}: ${String(look()).slice(0, 200)}`);
    } catch {}
  };
  const here = new URL('.', import.meta.url).pathname;
  tell('link', () => { fs.symlinkSync('%OUTSIDE%/marker.txt', `${here}/link`); return fs.readFileSync(`${here}/link`); });
  tell('tmp', () => { try { fs.symlinkSync('%OUTSIDE%/marker.txt', '/tmp/link'); } catch {} return fs.readFileSync('/tmp/link'); });
  tell('hard', () => { try { fs.linkSync('%PROJECT%/package.json', '/tmp/hard'); } catch {} fs.appendFileSync('/tmp/hard', ' '); return 'written'; });
  throw new Error(`reached: [${reached.join(', ')}]`);
}
