import type { AnyNode, MemberExpression } from 'acorn';
import type { Inspection, Rule } from '../inspection.ts';
import { isReference, userOf } from '../inspection.ts';

const listeningMethods = new Set(['on', 'once', 'off', 'addListener', 'removeListener']);

/** Takes of `process` only what the kata needs, and hands it to nobody. */
export const processRule: Rule = (node, inspection) => {
  if (node.type === 'ImportDeclaration' || node.type === 'ExportNamedDeclaration') {
    return checkNamedImports(node, inspection);
  }
  if (node.type === 'ExportAllDeclaration') {
    if (isProcessModule(node.source.value)) refuseBareUse(node, inspection);
    return;
  }
  if (isProcess(node, inspection)) checkUse(node, inspection);
};

function isProcessModule(name: unknown): boolean {
  return name === 'process' || name === 'node:process';
}

function checkNamedImports(
  node: AnyNode & { type: 'ImportDeclaration' | 'ExportNamedDeclaration' },
  inspection: Inspection,
): void {
  if (!isProcessModule(node.source?.value)) return;
  for (const specifier of node.specifiers) {
    const name =
      specifier.type === 'ImportSpecifier'
        ? specifier.imported
        : specifier.type === 'ExportSpecifier'
          ? specifier.local
          : null;
    if (!name) continue;
    const member = name.type === 'Identifier' ? name.name : String(name.value);
    if (member === 'default' && specifier.type === 'ImportSpecifier') continue;
    // A method for listeners works on `process` only when it is called there.
    if (listeningMethods.has(member)) refuseBareUse(specifier, inspection);
    else checkMember(specifier, member, inspection);
  }
}

/** Whether `process` itself is written here; what it is given to was refused where that happened. */
function isProcess(node: AnyNode, inspection: Inspection): boolean {
  const { values } = inspection;
  if (node.type === 'Identifier') {
    if (!isReference(node, inspection)) return false;
    const binding = values.scopes.lookUp(node);
    if (binding && !binding.imported) return false;
  } else if (!['MemberExpression', 'ImportExpression', 'CallExpression'].includes(node.type)) {
    return false;
  }
  return values.originsOf(node).some((origin) => origin.length === 1 && origin[0] === 'process');
}

function checkUse(node: AnyNode, inspection: Inspection): void {
  const [user, used] = userOf(node, inspection);
  if (node.type === 'ImportExpression' && user?.type === 'AwaitExpression') {
    return checkUse(user, inspection);
  }
  switch (user?.type) {
    case 'MemberExpression':
      if (user.object === used) return checkAccess(user, inspection);
      break;
    case 'VariableDeclarator':
      if (user.init === used && checkTaken(user.id, inspection)) return;
      break;
    case 'AssignmentPattern':
    case 'AssignmentExpression':
      if (user.right === used && checkTaken(user.left, inspection)) return;
      break;
    case 'UnaryExpression':
      if (user.operator === 'typeof') return;
      break;
    case 'CallExpression':
      if (listensByEvents(user.callee, user.arguments, used, inspection)) return;
      break;
    default:
  }
  refuseBareUse(node, inspection);
}

function refuseBareUse(node: AnyNode, { refuse }: Inspection): void {
  refuse(
    node,
    'An answer uses `process` as `process.nextTick` and the like only: it may not be kept, passed on or renamed.',
  );
}

function checkAccess(node: MemberExpression, inspection: Inspection): void {
  const member = inspection.values.keyOf(node);
  if (member === null) {
    return inspection.refuse(
      node,
      'An answer names the member of `process` that it uses: expected a name such as `process.nextTick`, got one that is made while the program runs.',
    );
  }
  if (listeningMethods.has(member)) return checkListening(node, inspection);
  // The rule on modules looks at what it is asked for.
  if (member === 'getBuiltinModule' && isCalled(node, inspection)) return;
  checkMember(node, member, inspection);
  if (member === 'env') checkEnvironment(node, inspection);
}

function checkMember(node: AnyNode, member: string, { needs, refuse }: Inspection): void {
  if (needs.process.has(member)) return;
  refuse(node, `This kata does not need \`process.${member}\`: an answer does without it.`);
}

/** `const { nextTick } = process`: each name is one that is used. */
function checkTaken(pattern: AnyNode, inspection: Inspection): boolean {
  if (pattern.type !== 'ObjectPattern') return false;
  for (const property of pattern.properties) {
    const name = property.type === 'Property' ? inspection.values.propertyName(property) : null;
    if (name === null || name === 'env' || listeningMethods.has(name)) return false;
    checkMember(property, name, inspection);
  }
  return true;
}

function checkListening(node: MemberExpression, inspection: Inspection): void {
  const [user] = userOf(node, inspection);
  if (user?.type !== 'CallExpression' || !isCalled(node, inspection)) {
    return refuseBareUse(node, inspection);
  }
  checkEvent(node, user.arguments[0], inspection);
}

function isCalled(node: AnyNode, inspection: Inspection): boolean {
  const [user, used] = userOf(node, inspection);
  return user?.type === 'CallExpression' && user.callee === used;
}

function checkEvent(node: AnyNode, argument: AnyNode | undefined, inspection: Inspection): void {
  const event = argument ? inspection.values.textOf(argument) : null;
  if (event !== null && inspection.needs.events.has(event)) return;
  inspection.refuse(
    node,
    event === null
      ? 'An answer names the event of `process` that it waits for: expected a text in quotes.'
      : `This kata does not need the event "${event}" of \`process\`: an answer does without it.`,
  );
}

/** `once(process, 'SIGTERM')` of node:events. */
function listensByEvents(
  callee: AnyNode,
  given: readonly AnyNode[],
  used: AnyNode,
  inspection: Inspection,
): boolean {
  const isEvents = inspection.values
    .originsOf(callee)
    .some(
      ([module, name]) =>
        /^module:(?:node:)?events$/.test(module ?? '') && /^(?:on|once)$/.test(name ?? ''),
    );
  if (!isEvents || given[0] !== used) return false;
  checkEvent(callee, given[1], inspection);
  return true;
}

/** What the judge sets tells an answer that it is judged, and no more. */
function checkEnvironment(node: AnyNode, inspection: Inspection): void {
  const [user, used] = userOf(node, inspection);
  const key =
    user?.type === 'MemberExpression' && user.object === used
      ? inspection.values.keyOf(user)
      : null;
  if (key === null || !/^(?:VITEST|KATA|TEST$|NODE_OPTIONS$)/i.test(key)) return;
  inspection.refuse(node, `An answer does not ask where it runs, got \`process.env.${key}\`.`);
}
