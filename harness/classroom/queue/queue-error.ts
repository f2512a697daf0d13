/** The queue cannot be used as it was asked for: nothing was put on it, and nothing taken. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
}
