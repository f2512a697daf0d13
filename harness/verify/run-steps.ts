import { messageOf } from '../catalog/message-of.ts';
import type { StepReport } from './check.ts';
import type { FullStep, Step, StepContext } from './step.ts';

/** What a step found, and how long it took. */
export interface StepOutcome extends StepReport {
  readonly step: Step;
  readonly realMs: number;
}

export interface StepEvents {
  /** A step says how far it is. */
  readonly onProgress: (step: Step, text: string) => void;
  readonly onEnd: (outcome: StepOutcome) => void;
}

/** Runs the steps, those of one stage side by side; resolves with what they found, in their order. A step that throws has failed. */
export async function runSteps(
  steps: readonly Step[],
  about: Omit<StepContext, 'onProgress'>,
  events: StepEvents,
): Promise<StepOutcome[]> {
  const outcomes = new Map<Step, StepOutcome>();
  const stages = [...new Set(steps.map(({ stage }) => stage))].toSorted((a, b) => a - b);
  for (const stage of stages) {
    const members = steps.filter((step) => step.stage === stage);
    await Promise.all(
      members.map(async (step) => {
        const outcome = await runStep(step, about, events);
        outcomes.set(step, outcome);
        events.onEnd(outcome);
      }),
    );
  }
  return steps.map((step) => outcomes.get(step)!);
}

async function runStep(
  step: Step,
  about: Omit<StepContext, 'onProgress'>,
  { onProgress }: StepEvents,
): Promise<StepOutcome> {
  const began = performance.now();
  let report: StepReport;
  try {
    report = await step.run({ ...about, onProgress: (text) => onProgress(step, text) });
  } catch (error) {
    const problem = {
      where: step.name,
      found: `The step itself failed: ${messageOf(error)}`,
      advice: `Run it alone: npm run verify -- --only ${step.name}`,
    };
    report = { checks: [{ name: step.title, problems: [problem] }], notes: [] };
  }
  return { ...report, step, realMs: performance.now() - began };
}

/**
 * The full steps that can run on this system; what it lacks for another one is a note of that step, and a failure where `mustHaveAll` is
 * true.
 */
export async function readySteps(
  fullSteps: readonly FullStep[],
  options: { mustHaveAll: boolean },
): Promise<Step[]> {
  return Promise.all(
    fullSteps.map(async (step): Promise<Step> => {
      const missing = await step.missing();
      if (missing === null) return step;
      const { name, title, stage } = step;
      return { name, title, stage, run: async () => leftOut(step, missing, options) };
    }),
  );
}

function leftOut(
  step: FullStep,
  missing: string,
  { mustHaveAll }: { mustHaveAll: boolean },
): StepReport {
  const found = `Left out "${step.title}": this system lacks ${missing}.`;
  if (!mustHaveAll) return { checks: [], notes: [found] };
  const advice = 'Install it; under CI=true every check must run.';
  return {
    checks: [{ name: step.title, problems: [{ where: step.name, found, advice }] }],
    notes: [],
  };
}
