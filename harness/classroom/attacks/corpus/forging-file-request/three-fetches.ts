export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  process.send!({ t: 'q', i: 'a', m: 'fetch', a: ['%PROJECT%/solutions/03-three-fetches/three-fetches.ts', undefined, 'ssr', {}] });
  process.send!({ t: 'q', i: 'b', m: 'saveSnapshotFile', a: ['%OUTSIDE%/marker.txt', 'written'] });
  return [];
}
