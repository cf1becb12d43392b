import type { OperationCosts } from './operation-costs.js';

/** One kind of operation: how often an exchange does it, and what once costs. */
export interface FloorLine {
  readonly operation: string;
  readonly times: number;
  readonly eachMs: number;
}

export interface SignatureFloor {
  readonly lines: readonly FloorLine[];
  /** CPU milliseconds that an exchange spends on its signatures and sealing at least. */
  readonly totalMs: number;
  /** Counted as well, and not part of the floor: per exchange. */
  readonly besides: Readonly<Record<string, number>>;
}

const SIGNATURES = ['sign Ed25519', 'verify Ed25519', 'note sign', 'note verify'];
const SEALING = ['encrypt AES-GCM', 'decrypt AES-GCM', 'deriveBits X25519', 'generateKey X25519'];

/**
 * The floor out of what was counted and what each operation costs here. One half of the seals is of request parts, the
 * other of answers. A seal makes an ephemeral key; what is generated beyond that is answer keys.
 *
 * @param perExchange operations of all parties together
 */
export function signatureFloor(perExchange: Readonly<Record<string, number>>, costs: OperationCosts): SignatureFloor {
  const times = (what: string) => perExchange[what] ?? 0;
  const [seals, opens] = [times('encrypt AES-GCM') / 2, times('decrypt AES-GCM') / 2];
  const lines = [
    { operation: 'sign a message or receipt', times: times('sign Ed25519'), eachMs: costs.sign },
    { operation: 'verify a message or receipt', times: times('verify Ed25519'), eachMs: costs.verify },
    { operation: 'seal a request part (8 KiB)', times: seals, eachMs: costs.sealPart },
    { operation: 'open a request part', times: opens, eachMs: costs.openPart },
    { operation: 'seal an answer (16 KiB)', times: seals, eachMs: costs.sealAnswer },
    { operation: 'open an answer', times: opens, eachMs: costs.openAnswer },
    {
      operation: 'make an answer key',
      times: Math.max(0, times('generateKey X25519') - 2 * seals),
      eachMs: costs.answerKey,
    },
    { operation: 'sign a checkpoint or cosignature', times: times('note sign'), eachMs: costs.noteSign },
    { operation: 'verify a checkpoint or cosignature', times: times('note verify'), eachMs: costs.noteVerify },
  ];
  const counted = new Set([...SIGNATURES, ...SEALING]);
  return {
    lines,
    totalMs: lines.reduce((sum, line) => sum + line.times * line.eachMs, 0),
    besides: Object.fromEntries(Object.entries(perExchange).filter(([what, n]) => !counted.has(what) && n >= 0.05)),
  };
}
