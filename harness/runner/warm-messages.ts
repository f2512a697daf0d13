/** What a test process that was started beforehand is told, besides what Vitest tells it. */
export type WarmRequest =
  /** Told first, before any answer is loaded: see `beginSealing`. */
  | { readonly type: 'kata-seal'; readonly secret: string }
  | {
      readonly type: 'kata-environment';
      readonly env: NodeJS.ProcessEnv;
      /** Names a run that is sealed; null where none is. */
      readonly run: string | null;
    }
  | { readonly type: 'kata-idle?' };

/** Its answer to `kata-idle?`. */
export interface IdleReply {
  readonly type: 'kata-idle';
  readonly idle: boolean;
}

export function isWarmRequest(message: unknown): message is WarmRequest {
  const type = typeOf(message);
  return type === 'kata-environment' || type === 'kata-idle?' || type === 'kata-seal';
}

export function isIdleReply(message: unknown): message is IdleReply {
  return typeOf(message) === 'kata-idle';
}

function typeOf(message: unknown): unknown {
  if (typeof message !== 'object' || message === null) return undefined;
  return (message as { type?: unknown }).type;
}
