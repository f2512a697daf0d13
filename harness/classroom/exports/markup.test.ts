import { expect, test } from 'vitest';
import { Markup, markup } from './markup.ts';

test('every value is escaped, in text and in attributes', () => {
  const text = `"><script>alert('1')</script>&\``;

  const page = markup`<p title="${text}">${text}</p>`.text;

  expect(page.match(/[<>"]/g)).toEqual(['<', '"', '"', '>', '<', '>']);
  expect(page).toContain('&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;&#38;&#96;');
});

test('markup within markup stays as it is, in lists too, and null is nothing', () => {
  const items = ['<a>', '<b>'].map((item) => markup`<li>${item}</li>`);

  expect(markup`<ul>${items}</ul>${null}${new Markup('<hr>')}${3}`.text).toBe(
    '<ul><li>&#60;a&#62;</li><li>&#60;b&#62;</li></ul><hr>3',
  );
});
