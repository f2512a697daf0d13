export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  if (process.env['VITEST'] || process.env['KATA_SEED']) throw new Error(`tested: ${process.env['VITEST']}`);
  return [];
}
