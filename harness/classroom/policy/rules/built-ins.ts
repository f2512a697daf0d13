import type { AnyNode, MemberExpression } from 'acorn';
import type { Inspection, Rule } from '../inspection.ts';
import { userOf } from '../inspection.ts';
import { somePrototype } from '../values.ts';
import type { Origin } from '../values.ts';

/** Leaves Node's own objects as they are: those that judge an answer use the same ones. */
export const builtInsRule: Rule = (node, inspection) => {
  for (const target of targetsOf(node)) checkWrite(target, inspection);
  if (node.type === 'CallExpression') checkCall(node.callee, node.arguments, inspection);
  if (node.type === 'MemberExpression') {
    checkStackFormat(node, inspection);
    checkPrototype(node, inspection);
  }
  if (node.type === 'ObjectPattern') checkTakenPrototype(node, inspection);
};

/** What is written to here. */
function targetsOf(node: AnyNode): AnyNode[] {
  switch (node.type) {
    case 'AssignmentExpression':
      // A default for an old Node; in ours it does nothing.
      if (node.operator === '??=' && isDispose(node.left)) return [];
      return leaves(node.left);
    case 'UpdateExpression':
      return leaves(node.argument);
    case 'UnaryExpression':
      return node.operator === 'delete' ? leaves(node.argument) : [];
    case 'ForInStatement':
    case 'ForOfStatement':
      return node.left.type === 'VariableDeclaration' ? [] : leaves(node.left);
    default:
      return [];
  }
}

function isDispose(node: AnyNode): boolean {
  return (
    node.type === 'MemberExpression' &&
    node.object.type === 'Identifier' &&
    node.object.name === 'Symbol' &&
    node.property.type === 'Identifier' &&
    /^(?:asyncD|d)ispose$/.test(node.property.name)
  );
}

function leaves(target: AnyNode): AnyNode[] {
  switch (target.type) {
    case 'ChainExpression':
      return leaves(target.expression);
    case 'AssignmentPattern':
      return leaves(target.left);
    case 'RestElement':
      return leaves(target.argument);
    case 'ArrayPattern':
      return target.elements.flatMap((element) => (element ? leaves(element) : []));
    case 'ObjectPattern':
      return target.properties.flatMap((property) =>
        leaves(property.type === 'Property' ? property.value : property),
      );
    default:
      return [target];
  }
}

function checkWrite(target: AnyNode, inspection: Inspection): void {
  const { values } = inspection;
  if (target.type === 'Identifier') {
    if (!values.scopes.lookUp(target) && target.name in globalThis) {
      refuseChange(target, [target.name], inspection);
    }
    return;
  }
  if (target.type !== 'MemberExpression') return;
  const key = values.keyOf(target);
  for (const origin of values.originsOf(target.object)) {
    if (isGuarded(origin, key, inspection))
      refuseChange(target, [...origin, key ?? '…'], inspection);
  }
}

/** Whether nobody may write the property `key` of what comes from `origin`. */
function isGuarded(origin: Origin, key: string | null, { needs }: Inspection): boolean {
  if (origin.includes(somePrototype)) return true;
  const [root, ...rest] = origin;
  if (root === undefined) return key === null || key in globalThis || /^_|vitest/i.test(key);
  if (root === 'process' && key === 'exitCode') return !needs.process.has('exitCode');
  if (root === 'process' && rest[0] === 'env') return !needs.process.has('env');
  if (!root.startsWith('module:')) return root in globalThis;
  if (key === 'defaultMaxListeners') return false;
  // An object that a module hands out by its own name, such as `parentPort` or `workerData`, is there to be written to.
  const isHandedOut = rest.length > 0 && /^(?:parentPort|workerData|globalAgent)$/.test(rest[0]!);
  return !isHandedOut;
}

const changers =
  /^(?:Object\.(?:assign|defineProperty|defineProperties|setPrototypeOf|freeze|seal|preventExtensions)|Reflect\.(?:set|defineProperty|setPrototypeOf|deleteProperty|preventExtensions))(?:\.(?:call|apply|bind))?$/;
const oldChangers = new Set(['__defineGetter__', '__defineSetter__']);

function checkCall(callee: AnyNode, given: readonly AnyNode[], inspection: Inspection): void {
  const { values } = inspection;
  if (callee.type === 'MemberExpression' && oldChangers.has(values.keyOf(callee) ?? '')) {
    for (const origin of values.originsOf(callee.object)) {
      if (isGuarded(origin, null, inspection)) refuseChange(callee, origin, inspection);
    }
  }
  const changer = [...values.namesOf(callee)].find((name) => changers.test(name));
  if (changer === undefined) return;
  const isDirect = changer.split('.').length === 2;
  const targets = isDirect ? given.slice(0, 1) : given.flatMap((argument) => elementsOf(argument));
  for (const target of targets) {
    for (const origin of values.originsOf(target)) {
      if (isGuarded(origin, null, inspection)) refuseChange(callee, origin, inspection);
    }
  }
}

function elementsOf(node: AnyNode): AnyNode[] {
  return node.type === 'ArrayExpression'
    ? node.elements.filter((element) => element !== null)
    : [node];
}

function refuseChange(node: AnyNode, origin: Origin, { refuse }: Inspection): void {
  const name = origin
    .map((part) => (part === somePrototype ? 'a prototype' : part.replace(/^module:/, '')))
    .join('.');
  refuse(
    node,
    `An answer may not change what belongs to Node, got a change of \`${name === '' ? 'globalThis' : name}\`: keep a value of your own instead.`,
  );
}

function checkStackFormat(node: MemberExpression, inspection: Inspection): void {
  if (inspection.values.keyOf(node) !== 'prepareStackTrace') return;
  inspection.refuse(
    node,
    'An answer may not use `Error.prepareStackTrace`: where a program stands does not belong to its solution.',
  );
}

/** `Array.prototype` itself goes nowhere, since whoever has it can change it under another name. */
function checkPrototype(node: MemberExpression, inspection: Inspection): void {
  const isBuiltIn = inspection.values
    .originsOf(node)
    .some((origin) => origin.at(-1) === 'prototype' && isOfNode(origin[0]!));
  if (!isBuiltIn || isMereReading(node, inspection)) return;
  inspection.refuse(
    node,
    'An answer may not keep or pass on the prototype of what belongs to Node: call its method there, as in `Object.prototype.toString.call(value)`.',
  );
}

function isOfNode(root: string): boolean {
  return root.startsWith('module:') || root in globalThis;
}

function isMereReading(node: AnyNode, inspection: Inspection): boolean {
  const [user, used] = userOf(node, inspection);
  switch (user?.type) {
    case 'MemberExpression':
      return user.object === used;
    case 'BinaryExpression':
      return true;
    case 'UnaryExpression':
      return user.operator === 'typeof';
    case 'VariableDeclarator':
      return user.id.type === 'ObjectPattern';
    case 'CallExpression': {
      const called = inspection.values.namesOf(user.callee);
      const at = user.arguments.findIndex((argument) => argument === used);
      return (
        (at === 0 && called.has('Object.create')) ||
        (at === 1 && (called.has('Object.setPrototypeOf') || called.has('Reflect.setPrototypeOf')))
      );
    }
    // `Array.prototype = …` is told as a change.
    case 'AssignmentExpression':
      return user.left === used;
    default:
      return false;
  }
}

/** `const { prototype } = Array`. */
function checkTakenPrototype(
  node: AnyNode & { type: 'ObjectPattern' },
  inspection: Inspection,
): void {
  const { values } = inspection;
  const user = values.tree.parentOf(node);
  const source =
    user?.type === 'VariableDeclarator' && user.init
      ? user.init
      : user?.type === 'AssignmentExpression' || user?.type === 'AssignmentPattern'
        ? user.right
        : null;
  if (!source || !values.originsOf(source).some(([root]) => root !== undefined && isOfNode(root)))
    return;
  for (const property of node.properties) {
    if (property.type !== 'Property') continue;
    const name = values.propertyName(property);
    if (name === 'prototype' && property.value.type !== 'ObjectPattern') {
      inspection.refuse(property, 'An answer may not keep the prototype of what belongs to Node.');
    }
    if (name === 'prepareStackTrace') {
      inspection.refuse(property, 'An answer may not use `Error.prepareStackTrace`.');
    }
  }
}
