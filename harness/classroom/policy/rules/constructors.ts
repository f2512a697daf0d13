import type { AnyNode, MemberExpression } from 'acorn';
import type { Inspection, Rule } from '../inspection.ts';
import { userOf } from '../inspection.ts';

/** By these the `constructor` of a function is called after all. */
const waysOn = new Set(['constructor', 'prototype', '__proto__', 'call', 'apply', 'bind']);

/** Does not reach `Function` by the `constructor` of a function: it makes code out of text. */
export const constructorsRule: Rule = (node, inspection) => {
  switch (node.type) {
    case 'MemberExpression':
      if (inspection.values.keyOf(node) !== 'constructor' || isHarmless(node, inspection)) return;
      break;
    case 'ObjectPattern': {
      const names = node.properties.map((property) =>
        property.type === 'Property' ? inspection.values.propertyName(property) : null,
      );
      if (!names.includes('constructor')) return;
      break;
    }
    case 'CallExpression':
      if (!asksFor(node.callee, node.arguments, inspection)) return;
      break;
    default:
      return;
  }
  inspection.refuse(
    node,
    'An answer may not take the `constructor` of a value: write the name of the class instead.',
  );
};

/** `error.constructor.name`, `error.constructor === TypeError`, `this.constructor.limit`. */
function isHarmless(node: MemberExpression, inspection: Inspection): boolean {
  const [user, used] = userOf(node, inspection);
  if (user?.type === 'BinaryExpression') return /^[!=]==?$/.test(user.operator);
  if (user?.type !== 'MemberExpression' || user.object !== used) return false;
  const key = inspection.values.keyOf(user);
  if (key === null || waysOn.has(key) || isWritten(user, inspection)) return false;
  return key === 'name' || node.object.type === 'ThisExpression';
}

function isWritten(node: AnyNode, inspection: Inspection): boolean {
  const [user] = userOf(node, inspection);
  if (user?.type === 'AssignmentExpression') return user.left === node;
  return (
    user?.type === 'UpdateExpression' ||
    user?.type === 'UnaryExpression' ||
    user?.type === 'MemberExpression'
  );
}

/** `Reflect.get(f, 'constructor')`, `Object.getOwnPropertyDescriptor(p, 'constructor')`. */
function asksFor(callee: AnyNode, given: readonly AnyNode[], { values }: Inspection): boolean {
  const isQuestion = values
    .originsOf(callee)
    .some(([name]) => name === 'Reflect' || name === 'Object' || name === 'Array');
  if (!isQuestion) return false;
  return given.slice(1).some((argument) => values.textOf(argument) === 'constructor');
}
