/** The verdicts of a class cannot be kept where they should be; nothing was changed. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}
