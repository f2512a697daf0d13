import { WorldError } from './world-error.ts';

/** The same error with another message, so that its class, its difference and its location stay. */
export function retellError(error: unknown, retell: (message: string) => string): unknown {
  if (!(error instanceof Error)) {
    return new WorldError(retell(String(error)), { kind: 'assertion', cause: error });
  }
  const { message } = error;
  error.message = retell(message);
  if (message !== '') error.stack = error.stack?.replace(message, () => error.message) ?? '';
  return error;
}
