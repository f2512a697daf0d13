import type { Explained, FailureKind } from '../trace/explained.ts';
import { blamedFrame, parseStack } from '../trace/source-location.ts';
import type { SourceLocation } from '../trace/source-location.ts';

/** Something that went wrong where no caller could see it: a `catch` in the learner's code cannot hide it. */
export class IncidentError extends Error implements Explained {
  override readonly name = 'IncidentError';
  readonly kind: FailureKind;
  readonly location: SourceLocation | null;
  readonly advice: string | null;

  constructor(
    kind: FailureKind,
    message: string,
    options: { cause?: unknown; advice?: string } = {},
  ) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.advice = options.advice ?? null;
    const told = options.cause instanceof Error ? options.cause : this;
    this.location = blamedFrame(parseStack(told.stack ?? ''));
  }
}

let incidents: IncidentError[] = [];

/** Takes what has happened since the last call. */
export function takeIncidents(): IncidentError[] {
  const taken = incidents;
  incidents = [];
  return taken;
}

/** Notes an incident for the test that runs now. */
export function reportIncident(incident: IncidentError): void {
  incidents.push(incident);
}

/**
 * Watches this process for rejections that nobody handles, for errors thrown where nobody can catch them, and for
 * `process.exit`. Vitest's own listeners stand down as soon as there is another one.
 */
export function watchIncidents(): void {
  process.on('unhandledRejection', (reason) => {
    reportIncident(
      new IncidentError(
        'unhandled',
        `A promise was rejected and nothing handled it: ${describe(reason)}.`,
        {
          cause: reason,
          advice:
            'In production this ends the process. Every promise needs somebody who awaits it, or a catch, from the moment it is made.',
        },
      ),
    );
  });
  process.on('uncaughtException', (error) => {
    reportIncident(
      new IncidentError(
        'unhandled',
        `An error was thrown where nothing could catch it: ${describe(error)}.`,
        {
          cause: error,
          advice:
            'It came out of a callback (a timer, an event). In production this ends the process.',
        },
      ),
    );
  });
  process.exit = (code): never => {
    const incident = new IncidentError('crash', `Your code called process.exit(${code ?? ''}).`, {
      advice: 'That ends the whole process, and everything that it was doing for others.',
    });
    reportIncident(incident);
    throw incident;
  };
}

function describe(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason).slice(0, 200);
  return `${reason.name}: ${reason.message}`.split('\n')[0]!.slice(0, 200);
}
