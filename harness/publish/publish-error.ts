/** What was asked for cannot be published; nothing was changed. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
}
