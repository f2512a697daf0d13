import { rulingClock } from './ruling-clock.ts';

type Now = typeof Temporal.Now;

/** Node's own; undefined before Node 26. */
const { Temporal: temporal } = globalThis as { Temporal?: typeof Temporal };

/**
 * Functions for `Temporal.Now` that tell the time that rules; null where this Node has no `Temporal`.
 *
 * What they ask of `Temporal` was taken before any learner's code.
 */
export const temporalNow = temporal === undefined ? null : makeNow(temporal);

function makeNow({ Instant, Now }: typeof Temporal): Partial<Now> {
  const realNow = {
    instant: Now.instant,
    timeZoneId: Now.timeZoneId,
    zonedDateTimeISO: Now.zonedDateTimeISO,
  };
  const instant: Now['instant'] = () => {
    const clock = rulingClock();
    if (!clock) return realNow.instant();
    clock.countRead();
    return Instant.fromEpochMilliseconds(Math.floor(clock.epochMs + clock.now));
  };
  const zonedDateTimeISO: Now['zonedDateTimeISO'] = (zone = realNow.timeZoneId()) =>
    rulingClock() ? instant().toZonedDateTimeISO(zone) : realNow.zonedDateTimeISO(zone);
  return {
    instant,
    zonedDateTimeISO,
    plainDateTimeISO: (zone) => zonedDateTimeISO(zone).toPlainDateTime(),
    plainDateISO: (zone) => zonedDateTimeISO(zone).toPlainDate(),
    plainTimeISO: (zone) => zonedDateTimeISO(zone).toPlainTime(),
  };
}
