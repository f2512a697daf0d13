import path from 'node:path';
import type { AnyNode } from 'acorn';
import { allowsImport, modulesForAll } from '../../../catalog/kata.ts';
import type { Inspection, Rule } from '../inspection.ts';

/** Imports only what the kata allows, in whatever way it is imported. */
export const modulesRule: Rule = (node, inspection) => {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
      if (!node.source) return;
      checkNames(node.specifiers, String(node.source.value), inspection);
      return checkModule(node, String(node.source.value), inspection);
    case 'ExportAllDeclaration':
      return checkModule(node, String(node.source.value), inspection);
    case 'MemberExpression':
    case 'ObjectPattern':
    case 'ObjectExpression':
      return checkMembers(node, inspection);
    case 'ImportExpression':
      return checkComputed(node, node.source, inspection);
    case 'MetaProperty':
      if (node.meta.name === 'import') checkMeta(node, inspection);
      return;
    case 'CallExpression':
      return checkCall(node.callee, node.arguments[0], inspection);
    default:
  }
};

function checkModule(node: AnyNode, name: string, inspection: Inspection): void {
  const reason = reasonAgainst(name, inspection);
  if (reason !== null) inspection.refuse(node, reason);
}

/** Why an answer may not import `name`, as a sentence; null where it may. */
function reasonAgainst(name: string, { kata, file }: Inspection): string | null {
  const ownFiles = [...kata.files, ...kata.modules.filter((module) => module.startsWith('.'))].map(
    (given) => path.posix.normalize(given),
  );
  if (name.startsWith('.')) {
    const target = path.posix.join(path.posix.dirname(file), name);
    if (ownFiles.includes(target)) return null;
    if (target.includes('.spec.')) return `An answer may not import a spec, got '${name}'.`;
    const files = ownFiles.map((given) => `'./${given}'`).join(', ');
    return `An answer may import the files of its own kata only (${files}), got '${name}'.`;
  }
  if (allowsImport(kata, name)) return null;
  if (/^(?:@?vitest\b|#harness|chai\b|tinyspy\b)/.test(name)) {
    return `An answer may not import what tests it, got '${name}'.`;
  }
  const own = kata.modules.filter((module) => !module.startsWith('.'));
  const allowed = [...own, ...modulesForAll].map((module) => `'${module}'`).join(', ');
  return `This kata does not need '${name}': its answer may import ${allowed}.`;
}

function checkComputed(node: AnyNode, source: AnyNode, inspection: Inspection): void {
  const name = inspection.values.textOf(source);
  if (name !== null) return checkModule(node, name, inspection);
  if (inspection.needs.importsWhatIsGiven && isGiven(source)) return;
  inspection.refuse(
    node,
    'An answer names the modules that it imports: expected a text in quotes, got a name that is made while the program runs.',
  );
}

/** A value that came from elsewhere, such as `workerData` or `script.href`: nothing is put together. */
function isGiven(source: AnyNode): boolean {
  let at = source;
  while (at.type === 'MemberExpression') at = at.object;
  return at.type === 'Identifier' || at.type === 'ThisExpression';
}

const allowedMeta = new Set(['url', 'dirname', 'filename', 'main']);

function checkMeta(node: AnyNode, inspection: Inspection): void {
  const parent = inspection.values.tree.parentOf(node);
  const key = parent?.type === 'MemberExpression' ? inspection.values.keyOf(parent) : null;
  if (key !== null && allowedMeta.has(key)) return;
  inspection.refuse(
    node,
    `Of \`import.meta\` an answer may use ${[...allowedMeta].join(', ')}, got ${key === null ? 'another use of it' : `\`import.meta.${key}\``}.`,
  );
}

function checkCall(callee: AnyNode, argument: AnyNode | undefined, inspection: Inspection): void {
  const called = inspection.values.namesOf(callee);
  if (!called.has('require') && !called.has('process.getBuiltinModule')) return;
  checkComputed(callee, argument ?? callee, inspection);
}

/** What reaches further than the rest of its module. */
const refusedMembers = new Map([
  // The first two tell of what other code has under way, and hand it out.
  ['async_hooks', /^(?:createHook|executionAsyncResource)$/],
  ['crypto', /^(?:setEngine|setFips)$/],
  ['os', /^setPriority$/],
  ['v8', /^(?:setFlagsFromString|startupSnapshot)$/],
  ['sqlite', /^(?:enableLoadExtension|loadExtension|allowExtension)$/],
]);

function checkNames(specifiers: readonly AnyNode[], module: string, inspection: Inspection): void {
  for (const specifier of specifiers) {
    const name =
      specifier.type === 'ImportSpecifier'
        ? specifier.imported
        : specifier.type === 'ExportSpecifier'
          ? specifier.local
          : null;
    if (!name) continue;
    checkMember(
      specifier,
      module,
      name.type === 'Identifier' ? name.name : String(name.value),
      inspection,
    );
  }
}

/** By its name alone where a kata has the module: nothing else has members of these names. */
function checkMembers(
  node: AnyNode & { type: 'MemberExpression' | 'ObjectPattern' | 'ObjectExpression' },
  inspection: Inspection,
): void {
  const { values, kata } = inspection;
  const names =
    node.type === 'MemberExpression'
      ? [values.keyOf(node)]
      : node.properties.map((property) =>
          property.type === 'Property' ? values.propertyName(property) : null,
        );
  for (const module of refusedMembers.keys()) {
    if (!allowsImport(kata, module)) continue;
    for (const name of names) if (name !== null) checkMember(node, module, name, inspection);
  }
}

function checkMember(node: AnyNode, module: string, name: string, { refuse }: Inspection): void {
  const plain = module.replace(/^node:/, '');
  if (!refusedMembers.get(plain)?.test(name)) return;
  refuse(node, `An answer does not need \`${name}\` of node:${plain}.`);
}
