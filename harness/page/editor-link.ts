import path from 'node:path';

/** The address that opens a file in Visual Studio Code, at a line where one is known. */
export function editorLink(file: string, line: number | null = null): string {
  const parts = file.split(path.sep).map(encodeURIComponent);
  const rooted = parts[0] === '' ? parts : ['', ...parts];
  // The colon of a drive is part of its name.
  const address = rooted.join('/').replace(/^\/([A-Za-z])%3A/, '/$1:');
  return `vscode://file${address}${line === null ? '' : `:${line}`}`;
}
