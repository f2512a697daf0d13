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
  'undefined', 'AsyncDisposableStack', 'DisposableStack',
  'AbortController', 'AbortSignal', 'CustomEvent', 'DOMException', 'Event', 'EventTarget', 'clearImmediate',
  'clearInterval', 'clearTimeout', 'console', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout', 'structuredClone',
]); // oxfmt-ignore

const modules = new Set(['events', 'timers', 'timers/promises', 'util']);

/** One sets a default of all emitters, where it is called without one; of timers that do not keep a process alive nobody knows that they still run. */
const lasting = new Set(['setMaxListeners', 'unref', 'ref', 'timeout']);

/**
 * Whether an answer that the policy lets run cannot leave anything in its process that another answer could meet: it names no more of Node than
 * what keeps no state (no `fetch`, which has connections; no package, which has a dispatcher or a cache), and the policy lets nobody change what Node
 * consists of. What it cannot read through counts as leaving something.
 *
 * @param files the student's files by the names in `kata.json`.
 */
export async function leavesNothing(files: ReadonlyMap<string, Uint8Array>): Promise<boolean> {
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
      return !node.source || modules.has(String(node.source.value).replace(/^node:/, ''));
    case 'ImportExpression':
    case 'MetaProperty':
      return false;
    case 'Identifier': {
      const { name } = node;
      // The name of a member, such as `AbortSignal.timeout`, or of an option, such as `{ ref: false }`.
      if (!isReference(node, { values })) return !lasting.has(name);
      return values.scopes.lookUp(node) !== null || globals.has(name);
    }
    case 'Literal':
      return !lasting.has(String(node.value));
    default:
      return true;
  }
}
