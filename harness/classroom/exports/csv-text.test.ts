import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { csvText, escapeFormula, ExactCell } from './csv-text.ts';

test.for(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\rx', '\tx', ' =1', '＝1'])(
  'a cell that begins a formula gets a quote before it: %j',
  (text) => {
    expect(escapeFormula(text)).toBe(`'${text}`);
  },
);

test('a formula behind a separator inside a cell is escaped too, since another separator splits it', () => {
  expect(escapeFormula('a;=1+1,-2')).toBe("a;'=1+1,'-2");
  expect(escapeFormula('a\n=1')).toBe("a\n'=1");
});

test.for(['Ada Lovelace', 'a-b', 'ada@example.com', '2026-05-31T20:00:00Z', '<= 3', ''])(
  'other text stays as it is: %j',
  (text) => {
    expect(escapeFormula(text)).toBe(text);
  },
);

test('what is written is read back, with numbers, empty and exact cells', () => {
  const text = csvText([['a, "b"\r\nc', 1.5, null, new ExactCell('-'), '']]);

  expect(text).toBe('"a, ""b""\r\nc",1.5,,-,\r\n');
  expect(parse(text)).toEqual([['a, "b"\r\nc', '1.5', '', '-', '']]);
});
