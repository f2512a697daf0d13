/** Text that is HTML already. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** What may stand in a template: null and false leave nothing, a list is joined. */
export type MarkupPart = Markup | string | number | null | false | readonly MarkupPart[];

/** A template of HTML: whatever is put into it is escaped, unless it is `Markup` itself. */
export function markup(strings: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  return new Markup(
    strings.reduce((text, string, index) => text + textOf(parts[index - 1]!) + string),
  );
}

/** Escapes what HTML would take for its own, in text and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function textOf(part: MarkupPart): string {
  if (part instanceof Markup) return part.text;
  if (part === null || part === false) return '';
  if (typeof part === 'string') return escapeHtml(part);
  return typeof part === 'number' ? String(part) : part.map(textOf).join('');
}
