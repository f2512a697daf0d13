import { EventEmitter } from 'node:events';
import net from 'node:net';
import stream from 'node:stream';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { chai, expect } from 'vitest';
import { originalOf } from '../loop/wrap-functions.ts';

// By name, `import … from 'node:http'` loads Node's own undici, which takes 30 ms: see world/slow-api.ts.
const http = process.getBuiltinModule('node:http');

type Keyed = Record<PropertyKey, unknown>;

/** One property as it was. Kept as plain values, because a comparison must call nothing that an answer could have replaced. */
interface Kept {
  readonly owner: object;
  readonly name: string;
  readonly key: PropertyKey;
  readonly value: unknown;
  readonly get: unknown;
  readonly set: unknown;
}

interface KeptOwner {
  readonly owner: object;
  readonly name: string;
  /** How many it had; infinite where it may get more. */
  readonly keys: number;
  readonly prototype: object | null;
}

// Captured before any answer is loaded.
const {
  defineProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  isExtensible,
  ownKeys,
  preventExtensions,
} = Reflect;
const same = Object.is;

/** What programs set, to get longer stacks; and what Vitest and the harness put in place themselves, Vitest in each run anew. */
const free = new Set<PropertyKey>(['stackTraceLimit', 'exit', 'emitWarning', 'console']);

interface Notes {
  readonly owners: KeptOwner[];
  readonly properties: Kept[];
}

/** What matchers and specs judge with. */
let judging: Notes = { owners: [], properties: [] };
/** What programs work with, and `JSON`: specs themselves watch what is parsed. */
let working: Notes = { owners: [], properties: [] };

/**
 * Notes what the language, Node and the test's matchers are made of, as it is now.
 *
 * Freezing would be simpler, but breaks honest programs: `this.name = 'TimeoutError'` in a subclass of Error throws once `Error.prototype` is frozen
 * (https://tc39.es/ecma262/#sec-ordinarysetwithowndescriptor, step 2.a).
 */
export function noteBuiltIns(): void {
  judging = notesOf({ ...judgingOwners(), ...matchers() });
  note('globalThis', globalThis, judging, [...judgingNames, ...judgingFunctions]);
  working = notesOf({ globalThis, ...workingOwners() });
}

/**
 * Holds fast what matchers are made of, and what they ask of the language: a value under test could change it while they look at it, and put it back.
 * What is held needs no look with every `expect`.
 *
 * The properties of prototypes stay as they are, because programs give names such as `toString` to objects of their own.
 */
export function holdBuiltIns(): void {
  const state = (globalThis as unknown as Keyed)[Symbol.for('$$jest-matchers-object')] as Keyed;
  Object.freeze(state['customEqualityTesters']);
  for (const owner of [state['matchers'] as object, assertions.prototype, expect, ...statics]) {
    // Functions only, and not frozen: chai keeps flags in some of them.
    for (const key of ownKeys(owner)) {
      if (typeof getOwnPropertyDescriptor(owner, key)?.value !== 'function') continue;
      defineProperty(owner, key, { writable: false });
    }
    holdUnwritable(owner);
  }
  for (const owner of Object.values({ ...judgingOwners(), ...workingOwners() })) {
    if (!open.has(owner) && !mayGrow(owner)) preventExtensions(owner);
    // Not those of prototypes: V8 takes their shape for a sign that nobody changed them, and loops over arrays would take several times as long.
    if (typeof owner === 'function') holdUnwritable(owner);
  }
}

/** What nobody can write to is not to be defined anew, either. */
function holdUnwritable(owner: object): void {
  for (const key of ownKeys(owner)) {
    if (getOwnPropertyDescriptor(owner, key)!.writable === true || key === Symbol.species) continue;
    defineProperty(owner, key, { configurable: false });
  }
}

const assertions = chai.Assertion as unknown as { readonly prototype: object };
const statics: readonly object[] = [Object, Array, Number, Symbol, Reflect, Math];
/** Programs set `Error.prepareStackTrace`; and V8 runs each regular expression ten times slower once their prototype has another shape. */
const open = new Set<object>([Error, RegExp.prototype]);

let noticed: string | null = null;

/** Remembers what is changed now of all that judges: it could be back by the time that the test has ended. Called by every `expect`, so it has to be quick. */
export function noticeChange(): void {
  noticed ??= firstChange(judging);
}

/** What was changed when `noticeChange` was called, or is now; what it tells is forgotten. */
export function takeChange(): string | null {
  const found = noticed ?? changedBuiltIn();
  noticed = null;
  return found;
}

/** The first built-in that is not what it was when `noteBuiltIns` was called, such as `Array.prototype.every`; null where all are. */
export function changedBuiltIn(): string | null {
  return firstChange(judging) ?? firstChange(working);
}

function firstChange({ owners, properties }: Notes): string | null {
  for (let index = 0; index < owners.length; index += 1) {
    const { owner, name, keys, prototype } = owners[index]!;
    if (getPrototypeOf(owner) !== prototype) return `the prototype of ${name}`;
    // A property more; which one is told below where it hides another.
    if (keys !== Infinity && ownKeys(owner).length > keys) return name;
  }
  for (let index = 0; index < properties.length; index += 1) {
    const kept = properties[index]!;
    if (!isAsKept(kept)) return `${kept.name}.${nameOf(kept.key)}`;
  }
  return null;
}

/** A test that is ended in the middle of a measurement leaves behind what the measurement has wrapped. */
function isAsKept({ owner, key, value, get, set }: Kept): boolean {
  const now = getOwnPropertyDescriptor(owner, key);
  if (now === undefined) return false;
  if (get !== undefined || set !== undefined) return now.get === get && now.set === set;
  if (now.get !== undefined) return false;
  return same(now.value, value) || same(originalOf(now.value), value);
}

function notesOf(roots: Record<string, object>): Notes {
  const notes: Notes = { owners: [], properties: [] };
  for (const [name, owner] of Object.entries(roots)) note(name, owner, notes);
  return notes;
}

function note(
  name: string,
  owner: object,
  { owners, properties }: Notes,
  keys: readonly PropertyKey[] = ownKeys(owner),
): void {
  // Nothing that is held gets a property more, or another prototype.
  if (isExtensible(owner)) {
    const count = mayGrow(owner) ? Infinity : keys.length;
    owners.push({ owner, name, keys: count, prototype: getPrototypeOf(owner) });
  }
  for (const key of keys) {
    const now = getOwnPropertyDescriptor(owner, key)!;
    if (free.has(key) || isState(owner, key, now) || isFixed(now)) continue;
    properties.push({ owner, name, key, value: now.value, get: now.get, set: now.set });
  }
}

/** What changes without anybody's ill will, in what is not the language. */
function isState(owner: object, key: PropertyKey, property: PropertyDescriptor): boolean {
  const isFunction = typeof property.value === 'function';
  // A global with a getter is loaded lazily: Node puts the thing itself there at its first use. Other globals that are no functions belong to packages.
  if (owner === globalThis) {
    return !isFunction && ![...judgingNames, ...workingNames].includes(String(key));
  }
  // Numbers, texts and lists that Node counts up or fills.
  return nodeOwners.has(owner) && property.get === undefined && !isFunction;
}

/** Nobody can change it any more, so nobody needs to look at it with every `expect`. */
function isFixed({ configurable, writable }: PropertyDescriptor): boolean {
  return configurable === false && writable !== true;
}

function mayGrow(owner: object): boolean {
  return growing.has(owner) || nodeOwners.has(owner);
}

/** What has one more is not used by anybody who does not know of it. */
const growing = new Set<object>([globalThis, expect, assertions.prototype]);

const nodeOwners = new Set<object>([process, http, net, stream, timers, timersPromises]);

function nameOf(key: PropertyKey): string {
  return typeof key === 'symbol' ? (key.description ?? 'a symbol') : `${key}`;
}

/** Globals of these names, and their prototypes. */
function namedBy(names: readonly string[]): Record<string, object> {
  const found: Record<string, object> = {};
  for (const name of names) {
    const value = (globalThis as unknown as Keyed)[name] as Keyed | undefined;
    if (value === undefined) continue;
    found[name] = value;
    const prototype = typeof value === 'function' ? value['prototype'] : undefined;
    if (isObject(prototype)) found[`${name}.prototype`] = prototype;
  }
  return found;
}

function judgingOwners(): Record<string, object> {
  return { ...namedBy(judgingNames), ...unnamedPrototypes() };
}

function workingOwners(): Record<string, object> {
  return { ...namedBy(workingNames), ...partsOfNode() };
}

/** Prototypes that no global names. */
function unnamedPrototypes(): Record<string, object> {
  const iterator = getPrototypeOf(getPrototypeOf([][Symbol.iterator]())!)!;
  return {
    'the prototype of iterators': iterator,
    'the prototype of array iterators': getPrototypeOf([][Symbol.iterator]())!,
    'the prototype of map iterators': getPrototypeOf(new Map().entries())!,
    'the prototype of set iterators': getPrototypeOf(new Set().values())!,
    'the prototype of string iterators': getPrototypeOf(''[Symbol.iterator]())!,
    'the prototype of typed arrays': getPrototypeOf(Uint8Array.prototype)!,
    'the prototype of async functions': getPrototypeOf(async () => {})!,
    'the prototype of generators': getPrototypeOf(function* () {})!,
    'the prototype of async generators': getPrototypeOf(async function* () {})!,
  };
}

function matchers(): Record<string, object> {
  const state = (globalThis as unknown as Keyed)[Symbol.for('$$jest-matchers-object')];
  return {
    expect,
    'the matchers of expect': assertions.prototype,
    ...(isObject(state) ? { 'the state of expect': state } : {}),
  };
}

function partsOfNode(): Record<string, object> {
  return {
    'EventEmitter.prototype': EventEmitter.prototype,
    'http.ClientRequest.prototype': http.ClientRequest.prototype,
    'http.IncomingMessage.prototype': http.IncomingMessage.prototype,
    'http.ServerResponse.prototype': http.ServerResponse.prototype,
    'net.Socket.prototype': net.Socket.prototype,
    'net.Server.prototype': net.Server.prototype,
    'stream.Readable.prototype': stream.Readable.prototype,
    'stream.Writable.prototype': stream.Writable.prototype,
    'node:http': http,
    'node:net': net,
    'node:timers': timers,
    'node:timers/promises': timersPromises,
    process,
    performance,
    'the prototype of performance': getPrototypeOf(performance)!,
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const judgingNames = [
  'Object', 'Function', 'Array', 'String', 'Number', 'Boolean', 'Symbol', 'BigInt', 'Promise', 'Map', 'Set', 'WeakMap',
  'WeakSet', 'RegExp', 'Date', 'Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'AggregateError', 'Math',
  'Reflect', 'Proxy', 'Iterator', 'Uint8Array',
]; // oxfmt-ignore

/** Global functions that specs call between two looks at the answer. */
const judgingFunctions = [
  'clearTimeout', 'isFinite', 'isNaN', 'parseFloat', 'parseInt', 'queueMicrotask', 'setImmediate', 'setTimeout', 'structuredClone',
]; // oxfmt-ignore

const workingNames = [
  'WeakRef', 'FinalizationRegistry', 'EvalError', 'URIError', 'SuppressedError', 'ArrayBuffer', 'DataView', 'Int8Array', 'Uint16Array',
  'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'JSON', 'SharedArrayBuffer', 'Atomics', 'AsyncDisposableStack', 'DisposableStack',
  'AbortController', 'AbortSignal', 'Event', 'EventTarget', 'URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'Buffer',
  'DOMException', 'MessageChannel', 'Headers', 'Request', 'Response',
]; // oxfmt-ignore
