import { describe, expect, test } from 'vitest';
import { Silence, type Glimpse } from './silence.ts';

const still: Glimpse = {
  at: 0,
  beats: 1,
  ran: 0,
  asleep: false,
  stolen: 0,
  waitsForDisk: false,
};

function silenceAfter(step: (tick: number) => Partial<Glimpse>, ticks = 100): number {
  const silence = new Silence(20);
  for (let tick = 0; tick <= ticks; tick += 1) {
    silence.add({ ...still, at: tick * 20, ...step(tick) });
  }
  return silence.ms;
}

describe('Silence', () => {
  test('grows while the thread runs or sleeps and does not beat', () => {
    expect(silenceAfter((tick) => ({ ran: tick * 20 }))).toBe(2000);
    expect(silenceAfter(() => ({ asleep: true }))).toBe(2000);
  });

  test('ends with a beat', () => {
    expect(silenceAfter((tick) => ({ beats: tick, ran: tick * 20 }))).toBe(0);
  });

  test('does not grow while the thread stands in line for a CPU', () => {
    expect(silenceAfter(() => ({}))).toBe(0);
    expect(silenceAfter((tick) => ({ ran: tick * 5 }))).toBe(500);
  });

  test('does not grow while a hypervisor has the CPU', () => {
    expect(silenceAfter((tick) => ({ ran: tick * 20, stolen: tick * 20 }))).toBe(0);
  });

  test('does not grow while the thread waits for the disk', () => {
    expect(silenceAfter((tick) => ({ ran: tick * 20, waitsForDisk: true }))).toBe(0);
  });

  test('hardly grows while the watchdog itself did not run', () => {
    expect(silenceAfter((tick) => ({ at: tick * 60_000, ran: tick * 60_000 }), 1)).toBe(40);
  });
});
