import path from 'node:path';
import type { AnyNode } from 'acorn';
import { kataIds } from '../../../catalog/kata.ts';
import type { Inspection, Rule } from '../inspection.ts';

/** Names no file of another kata, of the solutions or of the machine, no code in a URL, and no way out of a database. */
export const textsRule: Rule = (node, inspection) => {
  if (node.type === 'TemplateElement') return checkText(node, node.value.cooked ?? '', inspection);
  if (node.type === 'NewExpression') checkOwnUrl(node.callee, node.arguments, inspection);
  if (!['Literal', 'TemplateLiteral', 'BinaryExpression', 'CallExpression'].includes(node.type))
    return;
  if (isModuleName(node, inspection)) return;
  const text = inspection.values.textOf(node);
  if (text !== null) checkText(node, text, inspection);
};

/** The rule on modules tells of these. */
function isModuleName(node: AnyNode, { values }: Inspection): boolean {
  const parent = values.tree.parentOf(node);
  return (
    parent !== null &&
    /^(?:Import|Export)/.test(parent.type) &&
    'source' in parent &&
    parent.source === node
  );
}

function checkText(node: AnyNode, text: string, inspection: Inspection): void {
  const reason = reasonAgainst(text, inspection);
  if (reason !== null) inspection.refuse(node, reason);
}

function reasonAgainst(text: string, { kata }: Inspection): string | null {
  if (/(?:^|[/\\])solutions(?:[/\\]|$)/m.test(text)) {
    return 'An answer may not reach for the solutions.';
  }
  if (/\.spec\.ts\b/.test(text)) return 'An answer may not reach for a spec.';
  const other = otherKatas(kata.directory, kata.id).find((id) => text.includes(id));
  if (other !== undefined) return `An answer may not reach for another kata, got ${other}.`;
  if (/(?:^|[/\\"'\s])(?:node_modules|\.kata|proc)[/\\]/.test(text)) {
    return `An answer may not reach for the files of the machine, got "${shorten(text)}".`;
  }
  if (/^\s*data:(?:text|application)\/(?:javascript|ecmascript|typescript|json|wasm)/i.test(text)) {
    return 'An answer keeps its code in its files: it may not load it from a data URL.';
  }
  if (kata.modules.includes('node:sqlite') && opensAnother.test(text)) {
    return 'An answer uses the database that it is given: it may not open another by SQL.';
  }
  return null;
}

const opensAnother =
  /^\s*attach\b|;\s*attach\b|\battach\s+database\b|\bvacuum\s+(?:\w+\s+)?into\b|\bload_extension\s*\(/im;

const otherIds = new Map<string, string[]>();

function otherKatas(directory: string, own: string): string[] {
  const folder = path.dirname(directory);
  let ids = otherIds.get(folder);
  if (!ids) {
    ids = kataIds(folder);
    otherIds.set(folder, ids);
  }
  return ids.filter((id) => id !== own);
}

function shorten(text: string): string {
  const line = text.trim().split('\n')[0]!;
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

/** `new URL('pool-worker.ts', import.meta.url)` names a file of the kata. */
function checkOwnUrl(callee: AnyNode, given: readonly AnyNode[], inspection: Inspection): void {
  const { values, kata, file, refuse } = inspection;
  const [target, base] = given;
  if (!target || !base || !isOwnUrl(values.follow(base))) return;
  if (!values.namesOf(callee).has('URL')) return;
  const name = values.textOf(target);
  // One that is made while the program runs is for the sandbox to hold.
  if (name === null || /^[a-z]+:\/\/(?!\/)/i.test(name) || /^(?:https?|wss?):/i.test(name)) return;

  const own = [...kata.files, ...kata.modules].map((given) => path.posix.normalize(given));
  if (own.includes(path.posix.join(path.posix.dirname(file), name))) return;
  refuse(target, `An answer may reach for the files of its own kata only, got "${shorten(name)}".`);
}

function isOwnUrl(node: AnyNode): boolean {
  return (
    node.type === 'MemberExpression' &&
    node.object.type === 'MetaProperty' &&
    node.property.type === 'Identifier' &&
    /^(?:url|filename|dirname)$/.test(node.property.name)
  );
}
