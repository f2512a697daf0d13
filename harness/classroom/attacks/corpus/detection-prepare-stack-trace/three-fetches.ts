Error.prepareStackTrace = (_error, sites) => sites.map((site) => typeof site.getFunction() + typeof site.getThis()).join();

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const told = (new Error('where').stack as any) ?? [];
  throw new Error(`callers: ${told}`);
}
