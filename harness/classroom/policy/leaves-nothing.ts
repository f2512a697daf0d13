import type { AnyNode } from 'acorn';
import { longestFile } from './check-policy.ts';
import { isReference } from './inspection.ts';
import { readModule } from './read-program.ts';
import { buildTree } from './syntax-tree.ts';
import { Values } from './values.ts';

/** What belongs to the language, and what a process knows to be at an end: timers are counted after each answer. */
const globals = new Set([
  'Array', 'ArrayBuffer', 'AggregateError', 'BigInt', 'Boolean', 'DataView', 'Date', 'Error', 'EvalError', 'Float64Array',
  'Infinity', 'Int32Array', 'Iterator', 'JSON', 'Map', 'Math', 'NaN', 'Number', 'Object', 'Promise', 'RangeError',
  'ReferenceError', 'RegExp', 'Set', 'String', 'SuppressedError', 'Symbol', 'SyntaxError', 'TypeError', 'URIError',
  'Uint8Array', 'Uint32Array', 'WeakMap', 'WeakRef', 'WeakSet', 'arguments', 'isFinite', 'isNaN', 'parseFloat', 'parseInt',
  'undefined', 'AsyncDisposableStack', 'DisposableStack', 'decodeURIComponent', 'encodeURIComponent',
  'AbortController', 'AbortSignal', 'CustomEvent', 'DOMException', 'Event', 'EventTarget', 'clearImmediate',
  'clearInterval', 'clearTimeout', 'console', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout', 'structuredClone',
  'Buffer', 'ReadableStream', 'TextDecoder', 'TextEncoder', 'TransformStream', 'URL', 'URLSearchParams', 'WritableStream', 'crypto',
]); // oxfmt-ignore

/** Of Node's and of packages: what they open is counted after each answer, or belongs to what the answer makes of them, such as an app. */
const modules = new Set([
  'async_hooks', 'crypto', 'events', 'fastify', 'stream', 'stream/consumers', 'stream/promises', 'stream/web', 'timers', 'timers/promises', 'url', 'util',
]); // oxfmt-ignore

/** Members of `process` that only tell something, and one that calls back in the same turn. */
const processMembers = new Set([
  'cpuUsage', 'hrtime', 'memoryUsage', 'nextTick', 'pid', 'platform', 'uptime',
]); // oxfmt-ignore

/** They set a default of all emitters, streams or hashes, or open what does not keep a process alive: nobody counts that. */
const lasting = new Set([
  'createHook', 'setDefaultHighWaterMark', 'setEngine', 'setFips', 'setMaxListeners', 'unref',
]); // oxfmt-ignore

/**
 * Whether an answer that the policy lets run cannot leave anything in its process that another answer could meet: it names no more of Node and of
 * packages than what keeps no state (no `fetch`, which has connections; no undici, which has a dispatcher; no file), and the policy lets nobody change
 * what Node consists of. What it cannot read through counts as leaving something.
 *
 * @param files the student's files by the names in `kata.json`.
 */
export function leavesNothing(files: ReadonlyMap<string, Uint8Array>): Promise<boolean> {
  const found = known.get(files) ?? readsAsHarmless(files);
  known.set(files, found);
  return found;
}

/** Asked for by who orders a student's answers, and by who judges them. */
const known = new WeakMap<ReadonlyMap<string, Uint8Array>, Promise<boolean>>();

async function readsAsHarmless(files: ReadonlyMap<string, Uint8Array>): Promise<boolean> {
  try {
    for (const content of files.values()) {
      if (!(await isReadAsHarmless(Buffer.from(content).toString()))) return false;
    }
    return true;
  } catch {
    // Nested so deeply that reading it fills the stack, for one: that must not end the run of a class.
    return false;
  }
}

async function isReadAsHarmless(source: string): Promise<boolean> {
  if (source.length > longestFile) return false;
  const program = await readModule(source);
  if (program === null || typeof program === 'string') return false;
  const values = new Values(buildTree(program));
  return values.tree.nodes.every((node) => isHarmless(node, values));
}

function isHarmless(node: AnyNode, values: Values): boolean {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return !node.source || isHarmlessModule(String(node.source.value));
    case 'ImportExpression':
    case 'MetaProperty':
      return false;
    case 'Identifier': {
      const { name } = node;
      // The name of a member, such as `server.unref`, or of an import.
      if (!isReference(node, { values })) return !lasting.has(name);
      if (values.scopes.lookUp(node) !== null || globals.has(name)) return true;
      return name === 'process' && isHarmlessUse(node, values);
    }
    case 'Literal':
      return !lasting.has(String(node.value));
    default:
      return true;
  }
}

/** Files of the answer itself, which are looked at too, and what the kata gives: relative to the kata, as the policy takes no other. */
function isHarmlessModule(name: string): boolean {
  return name.startsWith('./') || modules.has(name.replace(/^node:/, ''));
}

function isHarmlessUse(node: AnyNode, values: Values): boolean {
  const user = values.tree.parentOf(node);
  if (user?.type !== 'MemberExpression' || user.object !== node) return false;
  return processMembers.has(values.keyOf(user) ?? '');
}
