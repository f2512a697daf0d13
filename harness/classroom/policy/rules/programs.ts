import type { AnyNode } from 'acorn';
import type { Inspection, Rule } from '../inspection.ts';

const evaluating = new Set(['-e', '--eval', '-p', '-pe', '--print']);
const loading =
  /^(?:--import|--require|--loader|--experimental-loader|--inspect.*|--expose.internals)(?:=|$)/;

/** Keeps a program that a thread or a process is given as text to the rules of a file. */
export const programsRule: Rule = (node, inspection) => {
  if (node.type === 'NewExpression') checkWorker(node.callee, node.arguments, inspection);
  if (node.type === 'ArrayExpression') checkArguments(node.elements, inspection);
};

function checkWorker(callee: AnyNode, given: readonly AnyNode[], inspection: Inspection): void {
  const { values } = inspection;
  const isWorker = values.originsOf(callee).some((origin) => origin.at(-1) === 'Worker');
  const [program, options] = given;
  if (!isWorker || !program || !options || !isEvaluated(values.follow(options), inspection)) return;
  inspectProgram(program, inspection);
}

function isEvaluated(options: AnyNode, { values }: Inspection): boolean {
  if (options.type !== 'ObjectExpression') return false;
  return options.properties.some(
    (property) =>
      property.type === 'Property' &&
      values.propertyName(property) === 'eval' &&
      !(property.value.type === 'Literal' && property.value.value === false),
  );
}

/** `['-e', program]`. */
function checkArguments(elements: readonly (AnyNode | null)[], inspection: Inspection): void {
  if (!inspection.kata.modules.includes('node:child_process')) return;
  for (const [at, element] of elements.entries()) {
    const text = element && inspection.values.textOf(element);
    if (!element || text === null || text === undefined) continue;
    if (loading.test(text)) {
      inspection.refuse(element, `This kata does not need Node's option ${text}.`);
    }
    const program = elements[at + 1];
    if (evaluating.has(text) && program) inspectProgram(program, inspection);
  }
}

function inspectProgram(program: AnyNode, inspection: Inspection): void {
  const source = inspection.values.textOf(program);
  if (source !== null) return inspection.inspectInline(inspection.values.follow(program), source);
  inspection.refuse(
    program,
    'A program that is given as text has to stand in the source as a whole: expected a text in quotes, got one that is made while the program runs.',
  );
}
