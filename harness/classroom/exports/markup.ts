/** Markup that may stand in a page as it is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | null | Part[];

/**
 * HTML in which every value is escaped, but for other markup: text becomes markup in this one place only. A list is joined, null is nothing.
 *
 * It is not called `html`, since Prettier then adds white space to the page, which a style's hash and `pre` do not bear.
 *
 * @example markup`<p title="${'"'}">${'<b>'}</p>` // <p title="&#34;">&#60;b&#62;</p>
 */
export function markup(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    literals.reduce((text, literal, index) => text + textOf(parts[index - 1]!) + literal),
  );
}

function textOf(part: Part): string {
  if (part === null) return '';
  if (part instanceof Markup) return part.text;
  if (Array.isArray(part)) return part.map(textOf).join('');
  return String(part).replace(/[&<>"'`]/g, (character) => `&#${character.codePointAt(0)};`);
}
