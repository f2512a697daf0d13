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

type Watched = 'unhandledRejection' | 'uncaughtException';

let incidents: IncidentError[] = [];
const watched = new Map<Watched, (reason: unknown, ...more: unknown[]) => void>();

/**
 * Takes what has happened since the last call.
 *
 * Code that took the listeners of `watchIncidents` away is told as an incident: without them a rejection would pass unseen.
 */
export function takeIncidents(): IncidentError[] {
  for (const [event, listener] of watched) {
    if (process.listeners(event).includes(listener)) continue;
    reportIncident(
      new IncidentError('crash', `Your code removed the listeners of the process for '${event}'.`, {
        advice:
          'They belong to the whole process. Handle the rejection or the error where it comes from.',
      }),
    );
    process.on(event, listener);
  }
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
  watched.set('unhandledRejection', noteRejection);
  watched.set('uncaughtException', noteException);
  for (const [event, listener] of watched) process.on(event, listener);
  process.exit = (code): never => {
    const incident = new IncidentError('crash', `Your code called process.exit(${code ?? ''}).`, {
      advice: 'That ends the whole process, and everything that it was doing for others.',
    });
    reportIncident(incident);
    throw incident;
  };
}

function noteRejection(reason: unknown): void {
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
}

function noteException(error: unknown): void {
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
}

function describe(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason).slice(0, 200).replace(/\.$/, '');
  return `${reason.name}: ${reason.message}`.split('\n')[0]!.slice(0, 200).replace(/\.$/, '');
}
