import type { DataSource } from 'typeorm';
import { LedgerError, equalHashes, parseSignatureLine, parseVkey, splitNote, verifyCosignature } from '../src/index.js';
import { readCheckpoint } from './log-store.js';
import { queryRows, toCount } from './rows.js';

/** A checkpoint of this log with the lines of those who cosigned it. */
export interface CosignedCheckpoint {
  readonly size: number;
  /** The signed note; cosignatures are further lines. */
  readonly checkpoint: string;
  /** Names of the witnesses whose lines are in it. */
  readonly witnesses: readonly string[];
}

/**
 * Keeps a witness's line over the checkpoint of `size`. Its first line for a size stays; another one adds nothing.
 *
 * @throws LedgerError `range_refused` where no such checkpoint was signed, `cosignature_refused` where the line is by none of
 * the witnesses or by the log itself, `note_signature_invalid`, `malformed_note`
 */
export async function keepCosignature(
  database: DataSource,
  logVkey: string,
  input: { size: number; line: string; witnessVkeys: readonly string[] },
): Promise<{ name: string; timeSeconds: number }> {
  const note = await readCheckpoint(database, input.size);
  if (note === undefined) {
    throw new LedgerError('range_refused', 'no checkpoint of that size was signed', { size: input.size });
  }
  const line = input.line.trimEnd();
  const { name, keyId } = parseSignatureLine(line);
  const witness = input.witnessVkeys.map(parseVkey).find((key) => key.name === name && key.keyId === keyId);
  if (witness === undefined) throw new LedgerError('cosignature_refused', 'the line is by no known witness');
  if (equalHashes(witness.publicBytes, parseVkey(logVkey).publicBytes)) {
    throw new LedgerError('cosignature_refused', 'a log is no witness of itself');
  }
  const { timeSeconds } = verifyCosignature(splitNote(note).text, line, witness.vkey);
  await database.query(
    `insert into cosignature (size, name, line) values ($1, $2, $3) on conflict (size, name) do nothing`,
    [input.size, name, `${line}\n`],
  );
  return { name, timeSeconds };
}

/**
 * The checkpoint of `size` with its cosignatures; without a size, the largest one that anybody has cosigned, which is what
 * a node needs on first contact. `undefined` where there is none.
 */
export async function readCosigned(
  database: DataSource,
  size: number | undefined,
): Promise<CosignedCheckpoint | undefined> {
  const [row] = await queryRows<{ size: string; note: string; names: string[]; lines: string[] }>(
    database,
    `select c.size, c.note, coalesce(array_agg(s.name order by s.name) filter (where s.name is not null), '{}') as names,
       coalesce(array_agg(s.line order by s.name) filter (where s.name is not null), '{}') as lines
     from log_checkpoint c left join cosignature s on s.size = c.size
     where c.size = coalesce($1::bigint, (select max(size) from cosignature))
     group by c.size, c.note`,
    [size ?? null],
  );
  if (row === undefined) return undefined;
  return { size: toCount(row.size), checkpoint: row.note + row.lines.join(''), witnesses: row.names };
}
