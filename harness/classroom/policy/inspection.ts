import type { AnyNode, Identifier } from 'acorn';
import type { KataNeeds, PolicyKata } from './kata-needs.ts';
import type { Values } from './values.ts';

/** One program of an answer, as the rules see it. */
export interface Inspection {
  readonly kata: PolicyKata;
  readonly needs: KataNeeds;
  /** The name of the file, as the kata gives it. */
  readonly file: string;
  readonly values: Values;
  /** Reports what stands at `node`; `reason` is a sentence for the learner. */
  readonly refuse: (node: AnyNode, reason: string) => void;
  /** Looks through a program that stands in a string, as a file of its own that starts where `node` stands. */
  readonly inspectInline: (node: AnyNode, source: string) => void;
}

/** Looks at one node, and refuses it or not. */
export type Rule = (node: AnyNode, inspection: Inspection) => void;

/** Whether `node` is a name that is used as a value, not one of a property, a label or an import. */
export function isReference(
  node: AnyNode,
  { values }: Pick<Inspection, 'values'>,
): node is Identifier {
  if (node.type !== 'Identifier') return false;
  const parent = values.tree.parentOf(node);
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.computed || parent.object === node;
    case 'Property':
    case 'PropertyDefinition':
    case 'MethodDefinition':
      return parent.computed || parent.key !== node;
    case 'ExportSpecifier': {
      const declaration = values.tree.parentOf(parent);
      const isFromElsewhere =
        declaration?.type === 'ExportNamedDeclaration' && Boolean(declaration.source);
      return parent.local === node && !isFromElsewhere;
    }
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
    case 'ExportAllDeclaration':
    case 'MetaProperty':
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return false;
    default:
      return true;
  }
}

/** The node in which the value of `node` is used: the parent, past `?.`. */
export function userOf(
  node: AnyNode,
  { values }: Inspection,
): readonly [user: AnyNode | null, used: AnyNode] {
  const parent = values.tree.parentOf(node);
  return parent?.type === 'ChainExpression'
    ? [values.tree.parentOf(parent), parent]
    : [parent, node];
}
