import { decodeBase64, formatTlogProof } from '#ledger';
import { canonicalJson, sha256, type JsonObject } from '#protocol';
import type { EvidenceDocuments } from './evidence-documents.js';

/** Files of a bundle in the order in which they stand in it. */
export type EvidenceFiles = ReadonlyMap<string, Uint8Array>;

/** What a bundle says. Everything else in it is made from this and can be made again. */
export const EVIDENCE_FILE = 'evidence.json';
export const REPORT_FILE = 'report.html';
export const MANIFEST_FILE = 'manifest.json';

/** Names that a bundle may hold. Nothing is ever written to disk under one of them (W22). */
export function isEvidenceFile(name: string): boolean {
  return (
    [EVIDENCE_FILE, REPORT_FILE, MANIFEST_FILE, 'README.txt'].includes(name) ||
    /^receipts\/[0-9]{1,4}-[0-9]{1,16}\.(?:jwt|tlog-proof)$/.test(name)
  );
}

/** The bytes of `evidence.json`: canonical JSON, so that one content has one form. */
export function evidenceBytes(document: JsonObject): Uint8Array {
  return Buffer.from(`${canonicalJson(document)}\n`);
}

/**
 * Every file of a bundle. Each receipt is also laid out as it was logged, with its proof in the standard form
 * (https://c2sp.org/tlog-proof), for programs that know nothing of Comity.
 *
 * @throws LedgerError where a proof cannot be written in that form
 */
export function evidenceFiles(evidence: Uint8Array, documents: EvidenceDocuments, report: string): EvidenceFiles {
  const files = new Map<string, Uint8Array>([
    ['README.txt', Buffer.from(README)],
    [EVIDENCE_FILE, evidence],
    [REPORT_FILE, Buffer.from(report)],
  ]);
  documents.trace.ledgers.forEach(({ evidence: shown }, ledger) => {
    for (const { entry, index, inclusion } of shown?.receipts ?? []) {
      const proof = { index, inclusion: inclusion.map(decodeBase64), checkpoint: shown?.checkpoint ?? '' };
      files.set(`receipts/${ledger}-${index}.jwt`, Buffer.from(entry));
      files.set(`receipts/${ledger}-${index}.tlog-proof`, Buffer.from(formatTlogProof(proof)));
    }
  });
  return files.set(MANIFEST_FILE, manifestOf(files));
}

function manifestOf(files: EvidenceFiles): Uint8Array {
  const listed = [...files].map(([path, bytes]) => ({
    path,
    bytes: bytes.length,
    sha256: Buffer.from(sha256(bytes)).toString('hex'),
  }));
  return Buffer.from(`${JSON.stringify({ v: 1, files: listed }, null, 2)}\n`);
}

const README = `Evidence of one transaction of Comity.

report.html     for reading and printing
evidence.json   everything the report is made from: signed receipts, requests, rules, chains, checkpoints and proofs
receipts/       each receipt as it was logged, with its proof (c2sp.org/tlog-proof); the number before the dash is the ledger's
                place in evidence.json, the one behind it the entry
manifest.json   sizes and SHA-256 of all files

Check it with nothing but the anchor keys that you were given by the authority, without a network:
    comity evidence verify THIS-FILE --anchors anchors.json
`;
