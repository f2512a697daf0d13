import path from 'node:path';
import { authorPath, ownerOf, parseStack, remembering } from '../trace/source-location.ts';
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
    const sites = callSitesOf(this.#capture).filter(isOfOthers);
    this.#capture = null;
    this.#reading = {
      where: placeIn(sites, 'learner') ?? placeIn(sites, 'spec'),
      owner: ownerIn(sites),
      functionNames: sites.map((site) => site.getFunctionName()),
    };
    return this.#reading;
  }
}

function placeIn(sites: readonly NodeJS.CallSite[], owner: Owner): SourceLocation | null {
  const nearest = sites.find((site) => ownerOf(fileOf(site)) === owner);
  if (nearest === undefined) return null;
  // Only the one place that is told is put into words: that is most of what a stack costs.
  // oxlint-disable-next-line typescript/no-base-to-string -- V8 gives its call sites words of their own
  return parseStack(`at ${String(nearest)}`)[0] ?? null;
}

function ownerIn(sites: readonly NodeJS.CallSite[]): Owner {
  for (const site of sites) {
    const owner = ownerOf(fileOf(site));
    if (owner !== 'node') return owner;
    if (fileOf(site).includes('internal/deps/')) return 'library';
  }
  return 'node';
}

function fileOf(site: NodeJS.CallSite): string {
  return site.getFileName() ?? '';
}

function isOfOthers(site: NodeJS.CallSite): boolean {
  const file = fileOf(site);
  return file !== '' && whose(file) === 'others';
}

const whose = remembering((file: string) =>
  ownerOf(file) === 'harness' && authorPath(file).startsWith(ownDirectory) ? 'own' : 'others',
);
