// Given, and not to be edited: the task that `POST /process` has done. It sorts numbers by their square.
//
// It gives back what it was given: for a list a list, for the JSON text of a list a JSON text, for the bytes of such a text bytes.

type Numbers = number[] | string | Uint8Array;

export default function sortBySquare(input: Numbers): Numbers {
  if (typeof input === 'string') return JSON.stringify(sorted(JSON.parse(input)));
  if (Array.isArray(input)) return sorted(input);
  const text = new TextDecoder().decode(input);
  return new TextEncoder().encode(JSON.stringify(sorted(JSON.parse(text))));
}

function sorted(numbers: readonly number[]): number[] {
  return numbers.toSorted((a, b) => a * a - b * b);
}
