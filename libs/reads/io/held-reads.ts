import type { Statement } from './statement.js';

/**
 * Copies what open holds preserve out of `rows`, a table or subquery of this library with the columns of `plate_read`, and
 * says how many reads those are. A hold preserves what was still kept when it was placed, and nothing that was past its limit
 * by then. What it preserves already stays as it is.
 */
export function heldStatement(
  rows: string,
  {
    now,
    retentionMs,
    hold,
  }: { readonly now: number; readonly retentionMs: number | undefined; readonly hold?: string },
): Statement {
  return [
    `with matched as (
       select h.id as hold, r.plate, r.seen_at, r.device, r.source, to_jsonb(r) - 'id' as read
       from ${rows} r join preservation_hold h
         on h.state <> 'ended' and h.expires_at > $1::timestamptz and ($3::text is null or h.id = $3::text)
         and r.seen_at >= h.seen_from and r.seen_at < h.seen_until
         and (cardinality(h.plates) = 0 or r.plate = any(h.plates))
         and (cardinality(h.devices) = 0 or r.device = any(h.devices))
         and ($2::float8 is null or r.seen_at > h.placed_at - $2::float8 * interval '1 millisecond')),
     kept as (
       insert into held_read (hold, plate, seen_at, device, source, read, held_at)
       select hold, plate, seen_at, device, source, read, $1::timestamptz from matched
       on conflict do nothing)
     select count(distinct (plate, seen_at, device, source))::integer as held from matched`,
    [new Date(now).toISOString(), retentionMs ?? null, hold ?? null],
  ];
}

/** The same of hits that are kept longer than other reads, out of those that `where` names; `$1` is the instant. */
export function heldHitsStatement(where: 'all' | 'expired', now: number, hold?: string): Statement {
  return [
    `with matched as (
       select h.id as hold, r.plate, r.seen_at, r.device, r.source, r.read
       from hit_read r join preservation_hold h
         on h.state <> 'ended' and h.expires_at > $1::timestamptz and ($2::text is null or h.id = $2::text)
         and r.seen_at >= h.seen_from and r.seen_at < h.seen_until
         and (cardinality(h.plates) = 0 or r.plate = any(h.plates))
         and (cardinality(h.devices) = 0 or r.device = any(h.devices))
         and r.expires_at > h.placed_at
       where ${where === 'all' ? 'true' : 'r.expires_at <= $1::timestamptz'}),
     kept as (
       insert into held_read (hold, plate, seen_at, device, source, read, held_at)
       select distinct on (hold, plate, seen_at, device, source) hold, plate, seen_at, device, source, read, $1::timestamptz
       from matched on conflict do nothing)
     select count(distinct (plate, seen_at, device, source))::integer as held from matched`,
    [new Date(now).toISOString(), hold ?? null],
  ];
}
