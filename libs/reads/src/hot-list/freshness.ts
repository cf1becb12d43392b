const HOUR_MS = 60 * 60 * 1000;

/** Whether a list may give hits. A list from the future was not refreshed yet either. */
export function isFresh(refreshedAt: number, maxAgeHours: number, now: number): boolean {
  const age = now - refreshedAt;
  return age >= 0 && age <= maxAgeHours * HOUR_MS;
}

/** How old a list is, for whoever sees a hit: `3 h 05 min`. */
export function ageText(refreshedAt: number, now: number): string {
  const minutes = Math.max(0, Math.ceil((now - refreshedAt) / 60_000));
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
