import { Session, type Debugger, type InspectorNotification } from 'node:inspector';
import type { SourceLocation } from '../trace/source-location.ts';
import { forgetAsyncStackExpression } from './forget-async-stack.ts';

/** Stops the main thread from another one, and reads its stack. */
export class MainThreadDebugger {
  #session = new Session();
  /** A call frame names its script by number alone. */
  #files = new Map<string, string>();
  #onPaused: ((frames: SourceLocation[]) => 'resume' | 'terminate') | null = null;

  /** From the order to go on until the main thread has taken it. */
  #resuming = false;

  constructor() {
    this.#session.connectToMainThread();
    this.#session.on('Debugger.scriptParsed', ({ params }) => {
      this.#files.set(params.scriptId, params.url);
    });
    this.#session.on('Debugger.paused', (message) => this.#paused(message));
  }

  /** Makes the main thread ready to be stopped, which costs it some ten milliseconds. */
  enable(done: () => void = () => {}): void {
    this.#session.post('Debugger.enable', done);
  }

  disable(done: () => void = () => {}): void {
    this.#onPaused = null;
    this.#session.post('Debugger.disable', done);
  }

  /**
   * Stops the main thread where JavaScript next looks for interruptions, and hands its stack, nearest frame first, to
   * `decide`: whether it goes on or is unwound. A native call that does not return is never stopped. Asked again
   * before it has answered, it answers once, to the later request.
   */
  pause(decide: (frames: SourceLocation[]) => 'resume' | 'terminate'): void {
    this.#onPaused = decide;
    if (!this.#resuming) this.#session.post('Debugger.pause', () => {});
  }

  disconnect(): void {
    this.#session.disconnect();
  }

  #paused({ params }: InspectorNotification<Debugger.PausedEventDataType>): void {
    const decision =
      this.#onPaused?.(params.callFrames.map((frame) => this.#locationOf(frame))) ?? 'resume';
    this.#onPaused = null;
    // Ordered while it stands still, so that nothing but the stack just read is unwound.
    if (decision === 'terminate') {
      this.#session.post('Runtime.evaluate', { expression: forgetAsyncStackExpression }, () => {});
      this.#session.post('Runtime.terminateExecution', () => {});
    }
    this.#resuming = true;
    this.#session.post('Debugger.resume', () => this.#resumed());
  }

  #resumed(): void {
    this.#resuming = false;
    // Asked before this answer, V8 would have taken the thread to be stopped already, and forgotten the request.
    if (this.#onPaused) this.pause(this.#onPaused);
  }

  #locationOf({ location, functionName }: Debugger.CallFrame): SourceLocation {
    return {
      file: this.#files.get(location.scriptId) ?? '',
      line: location.lineNumber + 1,
      column: (location.columnNumber ?? 0) + 1,
      functionName: functionName || '(anonymous)',
    };
  }
}
