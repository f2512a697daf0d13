import path from 'node:path';
import {
  authorPath,
  blamedFrame,
  ownerOf,
  parseStack,
  remembering,
  type Owner,
  type SourceLocation,
} from '../trace/source-location.ts';

const ownDirectory = import.meta.dirname + path.sep;
const framesKept = 24;
const captureStackTrace = Error.captureStackTrace.bind(Error);

/** Timers are started in few places, each many times. */
const framesOf = remembering(parseStack, 200);

/**
 * Who called into the clock, told when somebody asks.
 *
 * Formatting a stack costs far more than capturing it, and most timers are never asked about.
 */
export class Caller {
  #capture: { readonly stack?: string } | null;
  #frames: readonly SourceLocation[] = [];

  /** @param below the function whose callers count: its own frame would keep what it is called on alive, for as long as nobody has asked. */
  constructor(below: NewableFunction = Caller) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = framesKept;
    this.#capture = {};
    captureStackTrace(this.#capture, below);
    Error.stackTraceLimit = limit;
  }

  /** The learner's frame nearest to the call, else the spec's, else null. */
  get where(): SourceLocation | null {
    return blamedFrame(this.#readFrames());
  }

  /** Whose code made the call. Node's own frames only pass it on, except for the HTTP client that Node bundles. */
  get owner(): Owner {
    for (const { file } of this.#readFrames()) {
      const owner = ownerOf(file);
      if (owner !== 'node') return owner;
      if (file.includes('internal/deps/')) return 'library';
    }
    return 'node';
  }

  /** Whether a function of this name passed the call on. */
  cameThrough(functionName: string): boolean {
    return this.#readFrames().some((frame) => frame.functionName === functionName);
  }

  #readFrames(): readonly SourceLocation[] {
    if (!this.#capture) return this.#frames;
    this.#frames = framesOf(this.#capture.stack ?? '').filter(({ file }) => !isOwnFile(file));
    this.#capture = null;
    return this.#frames;
  }
}

function isOwnFile(file: string): boolean {
  return ownerOf(file) === 'harness' && authorPath(file).startsWith(ownDirectory);
}
