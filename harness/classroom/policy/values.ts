import type { AnyNode, Identifier, MemberExpression } from 'acorn';
import { Scopes } from './scopes.ts';
import type { SyntaxTree } from './syntax-tree.ts';

/**
 * Where a value comes from: `['process', 'exit']` is Node's own `process.exit`, `[]` is `globalThis`,
 * `['module:node:events', 'once']` is what a module exports.
 */
export type Origin = readonly string[];

/** In an origin: a property whose name is made while the program runs. */
export const anyProperty = '*';

/** In an origin: the prototype of a value that is not known. */
export const somePrototype = '(prototype)';

/** Globals that are no objects: nothing comes from them, and nothing of them can be changed. */
const plainGlobals: ReadonlySet<string> = new Set(['undefined', 'NaN', 'Infinity']);

/** How far an alias of an alias is followed. */
const deepest = 500;

/** A source may be written to make its reader run out of memory: no more is kept for one expression. */
const mostOrigins = 50;
const longestText = 100_000;

/** What the expressions of a program stand for, as far as it can be read off the source. */
export class Values {
  readonly tree: SyntaxTree;
  readonly scopes: Scopes;
  readonly #origins = new Map<AnyNode, Origin[]>();
  readonly #texts = new Map<AnyNode, string | null>();

  constructor(tree: SyntaxTree) {
    this.tree = tree;
    this.scopes = new Scopes(tree);
  }

  /** Everything of Node's or of a module's that `node` may stand for. */
  originsOf(node: AnyNode, depth = 0): readonly Origin[] {
    const known = this.#origins.get(node);
    if (known) return known;
    if (depth > deepest) return [];
    // An alias of itself ends here.
    this.#origins.set(node, []);
    const origins = distinct(this.#findOrigins(node, depth + 1)).slice(0, mostOrigins);
    this.#origins.set(node, origins);
    return origins;
  }

  /** The same, each in one word: `Object.assign`. */
  namesOf(node: AnyNode, depth = 0): ReadonlySet<string> {
    return new Set(this.originsOf(node, depth).map((origin) => origin.join('.')));
  }

  /** The text that `node` stands for, where it can be told: `'ab'`, `'a' + 'b'`, a constant that holds it. */
  textOf(node: AnyNode, depth = 0): string | null {
    const known = this.#texts.get(node);
    if (known !== undefined) return known;
    if (depth > deepest) return null;
    this.#texts.set(node, null);
    const found = this.#findText(node, depth + 1);
    const text = found !== null && found.length > longestText ? null : found;
    this.#texts.set(node, text);
    return text;
  }

  /** The name of the property that a member expression takes, or null where it is made while the program runs. */
  keyOf(node: MemberExpression, depth = 0): string | null {
    if (node.property.type === 'PrivateIdentifier') return `#${node.property.name}`;
    if (!node.computed && node.property.type === 'Identifier') return node.property.name;
    return this.textOf(node.property, depth);
  }

  /** The name of a property in an object or a pattern. */
  propertyName(node: { readonly key: AnyNode; readonly computed: boolean }): string | null {
    if (!node.computed && node.key.type === 'Identifier') return node.key.name;
    return this.textOf(node.key);
  }

  /** What a name was given where it is given once, or the node itself. */
  follow(node: AnyNode): AnyNode {
    let at = node;
    for (let step = 0; step < deepest && at.type === 'Identifier'; step += 1) {
      const binding = this.scopes.lookUp(at);
      const [value] = binding?.values ?? [];
      if (!binding || binding.open || !value || binding.values.length > 1 || value.path.length > 0)
        return at;
      at = value.from;
    }
    return at;
  }

  #findOrigins(node: AnyNode, depth: number): Origin[] {
    switch (node.type) {
      case 'Identifier':
        return this.#originsOfName(node, depth);
      case 'MemberExpression': {
        const key = this.keyOf(node, depth) ?? anyProperty;
        const bases = this.originsOf(node.object, depth);
        if (key === '__proto__') return [[somePrototype]];
        return bases.map((base) => property(base, key));
      }
      case 'ChainExpression':
        return [...this.originsOf(node.expression, depth)];
      case 'SequenceExpression':
        return [...this.originsOf(node.expressions.at(-1)!, depth)];
      case 'AssignmentExpression':
        return [...this.originsOf(node.right, depth)];
      case 'AwaitExpression':
        return [...this.originsOf(node.argument, depth)];
      case 'ConditionalExpression':
        return this.#either(node.consequent, node.alternate, depth);
      case 'LogicalExpression':
        return this.#either(node.left, node.right, depth);
      case 'ImportExpression':
        return this.#module(node.source, depth);
      case 'CallExpression':
        return this.#originsOfCall(node.callee, node.arguments[0], depth);
      default:
        return [];
    }
  }

  #either(one: AnyNode, other: AnyNode, depth: number): Origin[] {
    return [...this.originsOf(one, depth), ...this.originsOf(other, depth)];
  }

  #originsOfName(node: Identifier, depth: number): Origin[] {
    const binding = this.scopes.lookUp(node);
    if (!binding) return plainGlobals.has(node.name) ? [] : [property([], node.name)];
    if (binding.imported) return [exportOf(binding.imported.module, binding.imported.name)];
    return binding.values.flatMap(({ from, path }) =>
      this.originsOf(from, depth).map((base) => path.reduce(property, base)),
    );
  }

  #originsOfCall(callee: AnyNode, argument: AnyNode | undefined, depth: number): Origin[] {
    const called = this.namesOf(callee, depth);
    if (called.has('Object.getPrototypeOf') || called.has('Reflect.getPrototypeOf'))
      return [[somePrototype]];
    if (called.has('require') || called.has('process.getBuiltinModule'))
      return argument ? this.#module(argument, depth) : [];
    return [];
  }

  #module(source: AnyNode, depth: number): Origin[] {
    const name = this.textOf(source, depth);
    return name === null ? [] : [exportOf(name, '*')];
  }

  #findText(node: AnyNode, depth: number): string | null {
    switch (node.type) {
      case 'Literal':
        return typeof node.value === 'string' || typeof node.value === 'number'
          ? String(node.value)
          : null;
      case 'TemplateLiteral': {
        const parts = node.expressions.map((expression) => this.textOf(expression, depth));
        return parts.includes(null)
          ? null
          : node.quasis.map(({ value }, at) => `${value.cooked ?? ''}${parts[at] ?? ''}`).join('');
      }
      case 'BinaryExpression': {
        if (node.operator !== '+') return null;
        const left = this.textOf(node.left, depth);
        const right = this.textOf(node.right, depth);
        return left === null || right === null ? null : left + right;
      }
      case 'Identifier': {
        const value = this.follow(node);
        return value === node ? null : this.textOf(value, depth);
      }
      case 'CallExpression':
        return this.#joined(node.callee, node.arguments, depth);
      default:
        return null;
    }
  }

  /** `['a', 'b'].join('')` and `'a'.concat('b')`. */
  #joined(callee: AnyNode, given: readonly AnyNode[], depth: number): string | null {
    if (callee.type !== 'MemberExpression') return null;
    const method = this.keyOf(callee, depth);
    const object = this.follow(callee.object);
    if (method === 'concat') return this.#join([callee.object, ...given], '', depth);
    if (method !== 'join' || object.type !== 'ArrayExpression') return null;
    const separator = given[0] ? this.textOf(given[0], depth) : ',';
    return separator === null ? null : this.#join(object.elements, separator, depth);
  }

  #join(parts: readonly (AnyNode | null)[], separator: string, depth: number): string | null {
    const texts = parts.map((part) => part && this.textOf(part, depth));
    return texts.includes(null) ? null : texts.join(separator);
  }
}

function property(base: Origin, key: string): Origin {
  if (base.length === 0 && (key === 'globalThis' || key === 'global')) return [];
  // The default export of a module of Node's is the module.
  if (base.length === 1 && /^(?:module:|process$)/.test(base[0]!) && key === 'default') return base;
  return [...base, key];
}

function exportOf(module: string, name: string): Origin {
  const isWhole = name === '*' || name === 'default';
  if (module === 'process' || module === 'node:process') {
    return isWhole ? ['process'] : ['process', name];
  }
  if (isWhole) return [`module:${module}`];
  // `performance` of node:perf_hooks, `Buffer` of node:buffer, and what else is a global name too.
  return module.startsWith('node:') && name in globalThis ? [name] : [`module:${module}`, name];
}

function distinct(origins: readonly Origin[]): Origin[] {
  return [...new Map(origins.map((origin) => [origin.join('.'), origin])).values()];
}
