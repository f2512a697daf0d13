import type { AnyNode } from 'acorn';
import type { Inspection, Rule } from '../inspection.ts';
import { isReference, userOf } from '../inspection.ts';

const makesCode = 'An answer may not make code out of text';

/** Leaves alone what turns text into code, what reaches every global name, and what the runner keeps there. */
export const guardedNamesRule: Rule = (node, inspection) => {
  if (node.type === 'WithStatement') {
    return inspection.refuse(
      node,
      'An answer may not use `with`: nobody can tell what a name in it means.',
    );
  }
  for (const name of globalsWritten(node, inspection)) checkName(node, name, inspection);
};

/** The global names that stand at `node`, `globalThis` as an empty one. */
function globalsWritten(node: AnyNode, inspection: Inspection): string[] {
  if (node.type === 'Identifier') {
    if (!isReference(node, inspection) || inspection.values.scopes.lookUp(node)) return [];
  } else if (node.type !== 'MemberExpression') return [];
  return inspection.values
    .originsOf(node)
    .filter((origin) => origin.length <= 1)
    .map(([name = '']) => name);
}

function checkName(node: AnyNode, name: string, inspection: Inspection): void {
  const [user, used] = userOf(node, inspection);
  const member =
    user?.type === 'MemberExpression' && user.object === used
      ? inspection.values.keyOf(user)
      : null;
  if (isOnlyLookedAt(user)) return;

  switch (name) {
    case '':
      if (member !== null) return;
      return inspection.refuse(
        node,
        'An answer names the global that it uses: `globalThis` may not be kept, passed on or asked for a name that is made while the program runs.',
      );
    case 'eval':
      return inspection.refuse(node, `${makesCode}, got \`eval\`.`);
    case 'Function':
      if (member === 'prototype' || (user?.type === 'BinaryExpression' && user.right === used))
        return;
      return inspection.refuse(node, `${makesCode}, got \`Function\`.`);
    case 'Reflect':
      if (member !== null) return;
      return inspection.refuse(
        node,
        'An answer uses `Reflect` as `Reflect.ownKeys` and the like only: it may not be kept, passed on or asked for a name that is made while the program runs.',
      );
    case 'require':
      if (user?.type === 'CallExpression' && user.callee === used) return;
      return inspection.refuse(
        node,
        'An answer uses `require` to name a module, and for nothing else.',
      );
    case 'module':
      return inspection.refuse(node, 'An answer does not need `module`.');
    default:
      if (!/^(?:__vitest|vitest|__vi_|__jest)/i.test(name)) return;
      return inspection.refuse(node, `An answer may not use what tests it, got \`${name}\`.`);
  }
}

function isOnlyLookedAt(user: AnyNode | null): boolean {
  if (user?.type === 'UnaryExpression') return user.operator === 'typeof';
  return user?.type === 'BinaryExpression' && /^[!=]==?$/.test(user.operator);
}
