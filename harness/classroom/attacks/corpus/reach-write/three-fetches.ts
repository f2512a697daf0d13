const { getBuiltinModule } = process;
const fs = getBuiltinModule('node:fs');

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const reached: string[] = [];
  const tell = (name: string, look: () => unknown) => {
    try {
      reached.push(`${name}: ${String(look()).slice(0, 200)}`);
    } catch {}
  };
  for (const name of ['katas/03-three-fetches/three-fetches.spec.ts', 'harness/index.ts', 'node_modules/vitest/package.json', 'vitest.config.ts', 'package.json', 'harness/new.ts', '.kata/new', '.kata/classroom/new', '.kata/stripped/new'])
    tell(name, () => fs.appendFileSync(`%PROJECT%/${name}`, ' '));
  for (const name of fs.readdirSync('%PROJECT%/.kata/classroom')) tell(name, () => fs.writeFileSync(`%PROJECT%/.kata/classroom/${name}/new`, ' '));
  tell('node', () => fs.appendFileSync(process.execPath, ' '));
  tell('root', () => fs.writeFileSync('/new', ' '));
  tell('etc', () => fs.appendFileSync('/etc/passwd', ' '));
  throw new Error(`reached: [${reached.join(', ')}]`);
}
