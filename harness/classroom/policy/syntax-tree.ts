import type { AnyNode, Program } from 'acorn';

/** All nodes of a program, each with the one that it stands in. */
export interface SyntaxTree {
  readonly program: Program;
  /** In the order of the source. */
  readonly nodes: readonly AnyNode[];
  readonly parentOf: (node: AnyNode) => AnyNode | null;
}

/** Walks through `program`, names and patterns included. */
export function buildTree(program: Program): SyntaxTree {
  const nodes: AnyNode[] = [];
  const parents = new Map<AnyNode, AnyNode>();
  // A stack of our own: a hostile source may be nested more deeply than ours would bear.
  const waiting: AnyNode[] = [program];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    nodes.push(node);
    for (const child of childrenOf(node).toReversed()) {
      parents.set(child, node);
      waiting.push(child);
    }
  }
  return { program, nodes, parentOf: (node) => parents.get(node) ?? null };
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((value: unknown) => isNode(value))
    .toSorted((a, b) => a.start - b.start);
}

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
  );
}
