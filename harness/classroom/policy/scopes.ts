import type { AnyNode, Identifier } from 'acorn';
import type { SyntaxTree } from './syntax-tree.ts';

/** What a name of the program stands for. */
export interface Binding {
  /** The names or the namespace (`*`) of a module. */
  readonly imported: { readonly module: string; readonly name: string } | null;
  /** Every value that is put in, as far as it is written down: the expression, and the properties that are taken out of it. */
  readonly values: readonly { readonly from: AnyNode; readonly path: readonly string[] }[];
  /** Whether it may hold something besides `values`: a parameter, a loop's variable, one that is counted up. */
  readonly open: boolean;
}

interface OpenBinding extends Binding {
  imported: Binding['imported'];
  values: Binding['values'][number][];
  open: boolean;
}

type Scope = Map<string, OpenBinding>;

const scopeTypes = new Set([
  'Program',
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'BlockStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'SwitchStatement',
  'CatchClause',
  'ClassExpression',
  'ClassDeclaration',
  'StaticBlock',
]);

/** Finds out which names are the program's own; those that are not are Node's. */
export class Scopes {
  readonly #tree: SyntaxTree;
  readonly #scopes = new Map<AnyNode, Scope>();
  /** For each node the nearest scope outside of it. */
  readonly #around = new Map<AnyNode, AnyNode>();

  constructor(tree: SyntaxTree) {
    this.#tree = tree;
    for (const node of tree.nodes) {
      const parent = tree.parentOf(node);
      if (parent)
        this.#around.set(node, this.#scopes.has(parent) ? parent : this.#around.get(parent)!);
      if (scopeTypes.has(node.type)) this.#scopes.set(node, new Map());
    }
    for (const node of tree.nodes) this.#declare(node);
    for (const node of tree.nodes) this.#collectAssignment(node);
  }

  /** What `identifier` stands for, or null where it is a name of Node's. */
  lookUp(identifier: Identifier): Binding | null {
    return this.#find(identifier, identifier.name);
  }

  #find(from: AnyNode, name: string): OpenBinding | null {
    for (let scope = this.#around.get(from); scope; scope = this.#around.get(scope)) {
      const found = this.#scopes.get(scope)!.get(name);
      if (found) return found;
    }
    return null;
  }

  #declare(node: AnyNode): void {
    switch (node.type) {
      case 'ImportDeclaration':
        for (const specifier of node.specifiers) {
          const binding = this.#add(this.#tree.program, specifier.local.name);
          if (!binding) continue;
          binding.imported = { module: String(node.source.value), name: importedName(specifier) };
        }
        return;
      case 'VariableDeclaration': {
        const scope = node.kind === 'var' ? this.#functionAround(node) : this.#scopeAround(node);
        const parent = this.#tree.parentOf(node);
        const inLoop = parent?.type === 'ForInStatement' || parent?.type === 'ForOfStatement';
        for (const { id, init } of node.declarations) {
          this.#addPattern(scope, id, init ?? null, inLoop);
        }
        return;
      }
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        if (node.id) this.#nameOf(node, node.id);
        // Not in the scope of the body: a default value does not see the variables of the body.
        for (const parameter of node.params) this.#addPattern(node, parameter, null, true);
        return;
      case 'ClassDeclaration':
      case 'ClassExpression':
        if (node.id) this.#nameOf(node, node.id);
        return;
      case 'CatchClause':
        if (node.param) this.#addPattern(node, node.param, null, true);
        return;
    }
  }

  #nameOf(node: AnyNode, id: Identifier): void {
    const outside = node.type.endsWith('Declaration') ? this.#scopeAround(node) : node;
    const binding = this.#add(outside, id.name);
    if (binding) binding.open = true;
  }

  #addPattern(scope: AnyNode, pattern: AnyNode, from: AnyNode | null, open: boolean): void {
    for (const { name, path, exact } of namesIn(pattern)) {
      const binding = this.#add(scope, name);
      if (!binding) continue;
      if (from) binding.values.push({ from, path });
      if (open || !exact || !from) binding.open = true;
    }
  }

  #collectAssignment(node: AnyNode): void {
    if (node.type === 'UpdateExpression' && node.argument.type === 'Identifier') {
      const binding = this.#find(node, node.argument.name);
      if (binding) binding.open = true;
    }
    if (node.type !== 'AssignmentExpression' || node.left.type === 'MemberExpression') return;
    for (const { name, path, exact } of namesIn(node.left)) {
      const binding = this.#find(node, name);
      if (!binding) continue;
      binding.values.push({ from: node.right, path });
      if (!exact || node.operator !== '=') binding.open = true;
    }
  }

  #add(scope: AnyNode, name: string): OpenBinding | null {
    // In a plain script a `var process` at the top is the global one still.
    if (scope.type === 'Program' && scope.sourceType === 'script' && name in globalThis)
      return null;
    const names = this.#scopes.get(scope)!;
    const known = names.get(name);
    if (known) return known;
    const binding: OpenBinding = { imported: null, values: [], open: false };
    names.set(name, binding);
    return binding;
  }

  #scopeAround(node: AnyNode): AnyNode {
    return this.#around.get(node) ?? this.#tree.program;
  }

  #functionAround(node: AnyNode): AnyNode {
    for (let around = this.#scopeAround(node); ; around = this.#scopeAround(around)) {
      if (around.type === 'Program' || around.type === 'StaticBlock') return around;
      const parent = this.#tree.parentOf(around);
      if (around.type === 'BlockStatement' && parent?.type.includes('Function')) return around;
    }
  }
}

function importedName(specifier: AnyNode): string {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  if (specifier.type !== 'ImportSpecifier') return '*';
  const { imported } = specifier;
  return imported.type === 'Identifier' ? imported.name : String(imported.value);
}

interface NameInPattern {
  readonly name: string;
  readonly path: readonly string[];
  /** Whether `path` is all there is: no default value, no rest. */
  readonly exact: boolean;
}

function namesIn(pattern: AnyNode, path: readonly string[] = [], exact = true): NameInPattern[] {
  switch (pattern.type) {
    case 'Identifier':
      return [{ name: pattern.name, path, exact }];
    case 'AssignmentPattern':
      return namesIn(pattern.left, path, false);
    case 'RestElement':
      return namesIn(pattern.argument, path, false);
    case 'ArrayPattern':
      return pattern.elements.flatMap((element, index) =>
        element ? namesIn(element, [...path, String(index)], exact) : [],
      );
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) => {
        if (property.type === 'RestElement') return namesIn(property, path, false);
        const key = plainKey(property.key, property.computed);
        return namesIn(property.value, [...path, key ?? '*'], exact && key !== null);
      });
    default:
      return [];
  }
}

function plainKey(key: AnyNode, computed: boolean): string | null {
  if (key.type === 'Literal') return String(key.value);
  return !computed && key.type === 'Identifier' ? key.name : null;
}
