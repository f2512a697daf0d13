/** What the sandbox is made of; each can be missing on a machine. */
export type SandboxLayer = 'linux' | 'bubblewrap' | 'namespaces' | 'prlimit' | 'access';

/** A layer of the sandbox is not there: nothing was run. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  readonly layer: SandboxLayer;

  constructor(layer: SandboxLayer, message: string) {
    super(
      `${message} Nothing was graded. With --unsafe-no-sandbox answers run as you do: only for code that you trust.`,
    );
    this.layer = layer;
  }
}
