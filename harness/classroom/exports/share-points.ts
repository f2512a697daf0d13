/**
 * `total` in `parts` whole numbers that differ by at most one and sum up to it: for readers that take whole points only, and add them up.
 */
export function sharePoints(total: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, part) => {
    return Math.floor(((part + 1) * total) / parts) - Math.floor((part * total) / parts);
  });
}

/** Whole points of a kata of `weight`: a hundred for each, so that a third of a kata is seen. */
export function wholePoints(weight: number): number {
  return Math.round(weight * 100);
}
