/** What was asked for cannot be meant, or cannot be used: nothing was graded. */
export class GradeUsageError extends Error {
  override readonly name = 'GradeUsageError';
}
