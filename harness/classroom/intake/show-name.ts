/** The characters that end a line, colour a terminal or turn the direction of the text. */
const unsafe = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** The most characters of a name that are shown. */
const longest = 120;

/** A name that a student chose, as it may stand in a sentence, a table or a terminal: what is not to be seen is written out. */
export function showName(name: string): string {
  const shown = name.replace(
    unsafe,
    (character) => `\\u{${character.codePointAt(0)!.toString(16).padStart(4, '0')}}`,
  );
  return shown.length > longest ? `${shown.slice(0, longest - 1)}…` : shown;
}
