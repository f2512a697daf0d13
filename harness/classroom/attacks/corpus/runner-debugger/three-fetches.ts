const { Session } = process.getBuiltinModule('node:inspector');
const session = new Session();
session.connect();

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  return [];
}
