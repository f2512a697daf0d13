/**
 * `matcher`, refused under `.not`: it can say only what should happen.
 * @throws {TypeError} when the matcher is negated, which is a mistake of the spec
 */
export function positiveOnly<Received, Expected extends unknown[], Result>(
  matcher: (received: Received, ...expected: Expected) => Result,
): (this: { readonly isNot: boolean }, received: Received, ...expected: Expected) => Result {
  return function (received, ...expected) {
    if (this.isNot) {
      throw new TypeError(
        `Expected \`${matcher.name}\` without \`.not\`: say what should happen instead of what should not.`,
      );
    }
    return matcher(received, ...expected);
  };
}
