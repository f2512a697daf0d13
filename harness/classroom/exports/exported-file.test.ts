import { expect, test } from 'vitest';
import { fileNameOf } from './exported-file.ts';

test('a plain id is its own file name', () => {
  expect(fileNameOf('ada.lovelace-2')).toBe('ada.lovelace-2');
});

test.for([
  '../../etc/passwd',
  '/root',
  'a\\b',
  '.hidden',
  'con',
  'nul.txt',
  'a.',
  '',
  'x'.repeat(500),
  '李小龍',
])('the file of %j stays in its folder on every system', (id) => {
  expect(fileNameOf(id)).toMatch(/^[a-z0-9][a-z0-9-]{0,39}~[0-9a-f]{16}$/);
});

test('two ids never share a file, on no file system', () => {
  const ids = ['Ada', 'ada', 'ADA', 'a da', 'a-da', fileNameOf('Ada'), 'A\u0308', '\u00c4'];

  const names = new Set(ids.map((id) => fileNameOf(id).toLowerCase()));

  expect(names.size).toBe(ids.length);
});
