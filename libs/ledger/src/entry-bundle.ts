import { LedgerError } from './ledger-error.js';

/** An entry's length is written in 16 bits. Log a hash of anything larger. */
export const MAX_ENTRY_BYTES = 65_535;

/** Each entry behind its length as 16 bits big endian, https://c2sp.org/tlog-tiles "Log entries". */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(
      entries.flatMap((entry) => {
        if (entry.length > MAX_ENTRY_BYTES) {
          throw new LedgerError('malformed_bundle', `an entry is larger than ${MAX_ENTRY_BYTES} bytes`);
        }
        const length = Buffer.alloc(2);
        length.writeUInt16BE(entry.length);
        return [length, entry];
      }),
    ),
  );
}

/** @throws LedgerError `malformed_bundle` where a length points beyond the end */
export function decodeBundle(bundle: Uint8Array): Uint8Array[] {
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length;) {
    const end = at + 2 <= bundle.length ? at + 2 + view.getUint16(at) : Infinity;
    if (end > bundle.length) {
      throw new LedgerError('malformed_bundle', 'a bundle ends inside an entry', { entries: entries.length });
    }
    entries.push(bundle.slice(at + 2, end));
    at = end;
  }
  return entries;
}
