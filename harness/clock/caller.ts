import path from 'node:path';
import {
  authorPath,
  blamedFrame,
  ownerOf,
  parseStack,
  remembering,
} from '../trace/source-location.ts';
import type { Owner, SourceLocation } from '../trace/source-location.ts';
import { callSitesOf } from './call-sites.ts';

const ownDirectory = import.meta.dirname + path.sep;
const framesKept = 24;
const captureStackTrace = Error.captureStackTrace.bind(Error);

/** What a stack tells of a call. It is kept instead of the stack, whose frames keep alive what they were called on. */
interface Reading {
  readonly where: SourceLocation | null;
  readonly owner: Owner;
  readonly functionNames: readonly (string | null)[];
}

interface Frame {
  readonly site: NodeJS.CallSite;
  readonly file: string;
}

/**
 * Who called into the clock, told when somebody asks.
 *
 * Reading a stack costs far more than capturing it, and most timers are never asked about.
 */
export class Caller {
  #capture: object | null;
  #reading: Reading = { where: null, owner: 'node', functionNames: [] };

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
    return this.#read().where;
  }

  /** Whose code made the call. Node's own frames only pass it on, except for the HTTP client that Node bundles. */
  get owner(): Owner {
    return this.#read().owner;
  }

  /** Whether a function of this name passed the call on. */
  cameThrough(functionName: string): boolean {
    return this.#read().functionNames.includes(functionName);
  }

  #read(): Reading {
    if (!this.#capture) return this.#reading;
    const frames = callSitesOf(this.#capture)
      .map((site) => ({ site, file: site.getFileName() ?? '' }))
      .filter(({ file }) => file !== '' && whose(file) === 'others');
    this.#capture = null;
    this.#reading = {
      where: placeOf(blamedFrame(frames)),
      owner: ownerIn(frames),
      functionNames: frames.map(({ site }) => site.getFunctionName()),
    };
    return this.#reading;
  }
}

// Only the one place that is told is put into words: that is most of what a stack costs.
function placeOf(frame: Frame | null): SourceLocation | null {
  if (frame === null) return null;
  // oxlint-disable-next-line typescript/no-base-to-string -- V8 gives its call sites words of their own
  return parseStack(`at ${String(frame.site)}`)[0] ?? null;
}

function ownerIn(frames: readonly Frame[]): Owner {
  for (const { file } of frames) {
    const owner = ownerOf(file);
    if (owner !== 'node') return owner;
    if (file.includes('internal/deps/')) return 'library';
  }
  return 'node';
}

const whose = remembering((file: string) =>
  ownerOf(file) === 'harness' && authorPath(file).startsWith(ownDirectory) ? 'own' : 'others',
);
