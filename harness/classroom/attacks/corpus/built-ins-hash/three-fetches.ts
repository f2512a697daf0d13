const crypto = process.getBuiltinModule('node:crypto') as any;
crypto.hash = () => '';
crypto.createHash = () => null;
process.getBuiltinModule('node:module').syncBuiltinESMExports();

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  return [];
}
