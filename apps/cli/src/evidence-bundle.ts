import {
  EVIDENCE_FILE,
  ExchangeError,
  evidenceBytes,
  evidenceFiles,
  evidenceHtml,
  parseEvidenceDocuments,
  verifyEvidenceDocuments,
  type EvidenceFiles,
  type EvidenceReport,
} from '#exchange';
import { LedgerError } from '#ledger';
import { sha256, type JsonObject } from '#protocol';
import type { PinnedAnchor } from '#trust';
import { CliError } from './cli-error.js';
import { unzipEvidence, zipEvidence } from './evidence-zip.js';

interface Judge {
  readonly anchors: readonly PinnedAnchor[];
  /** Milliseconds. */
  readonly now: number;
}

export interface VerifiedBundle {
  readonly report: EvidenceReport;
  /** SHA-256 of the whole file, hex. */
  readonly sha256: string;
  /** Files that are not what the evidence makes of them. */
  readonly altered: readonly string[];
}

/** Makes a bundle out of what a node answered, and says what its reader will find. */
export async function makeBundle(
  document: JsonObject,
  judge: Judge,
): Promise<{ archive: Uint8Array; report: EvidenceReport; sha256: string }> {
  const { files, report } = await filesFrom(evidenceBytes(document), judge);
  const archive = zipEvidence(files);
  return { archive, report, sha256: hex(archive) };
}

/**
 * Checks a bundle from anchors alone. Everything in it but the evidence itself, the report for people included, is made again
 * and compared: what a person reads is what was proven.
 *
 * @throws CliError `unverified` where the file is no bundle
 */
export async function checkBundle(archive: Uint8Array, judge: Judge): Promise<VerifiedBundle> {
  const given = unzipEvidence(archive);
  const evidence = given.get(EVIDENCE_FILE);
  if (evidence === undefined) throw new CliError('unverified', 'the file is no evidence bundle: it holds no evidence');
  const { files, report } = await filesFrom(evidence, judge);
  const names = new Set([...given.keys(), ...files.keys()]);
  const altered = [...names].filter((name) => !same(given.get(name), files.get(name)));
  return { report, sha256: hex(archive), altered };
}

async function filesFrom(
  evidence: Uint8Array,
  judge: Judge,
): Promise<{ files: EvidenceFiles; report: EvidenceReport }> {
  try {
    const documents = parseEvidenceDocuments(evidence);
    const report = await verifyEvidenceDocuments(documents, judge);
    return { files: evidenceFiles(evidence, documents, evidenceHtml(documents, report)), report };
  } catch (cause) {
    if (!(cause instanceof ExchangeError || cause instanceof LedgerError)) throw cause;
    throw new CliError('unverified', `the evidence is refused: ${cause.message}`, {}, { cause });
  }
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.from(a).equals(b);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(sha256(bytes)).toString('hex');
}
