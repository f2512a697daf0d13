const sitesOnly: NonNullable<typeof Error.prepareStackTrace> = (_error, sites) => sites;

/**
 * The frames of the stack that was captured for `target`, nearest first, as V8 has them. To put them into words, and to read those words, takes many
 * times as long.
 *
 * They hold functions and what these were called on, so nobody should keep them.
 *
 * @param target what `Error.captureStackTrace` was called with, and whose `stack` nobody has read: see https://v8.dev/docs/stack-trace-api.
 * @returns none where somebody has made sure that stacks are put into words of their own.
 */
export function callSitesOf(target: { readonly stack?: unknown }): readonly NodeJS.CallSite[] {
  // oxlint-disable-next-line typescript/unbound-method -- only put back where it was
  const { prepareStackTrace } = Error;
  Reflect.set(Error, 'prepareStackTrace', sitesOnly);
  const { stack } = target;
  Reflect.set(Error, 'prepareStackTrace', prepareStackTrace);
  return Array.isArray(stack) ? (stack as NodeJS.CallSite[]) : [];
}
