import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../../test/support/fakes.js';
import type { ReceiptProof } from './receipt-proof.js';
import { RecentProofs } from './recent-proofs.js';

const proof = (receiptId: string): ReceiptProof => ({
  receiptId,
  index: 0,
  size: 1,
  entry: 'entry',
  opening: { accountability: {}, content: {} },
  inclusion: [],
  checkpoint: 'checkpoint',
});

describe('proofs given a moment ago', () => {
  it('are kept for half a minute', () => {
    const clock = fakeClock(1_000);
    const recent = new RecentProofs(clock);
    recent.keep(proof('one'));
    clock.advance(29_999);
    expect(recent.get('one')).toEqual(proof('one'));
    clock.advance(1);
    expect(recent.get('one')).toBeUndefined();
  });

  it('go with the oldest of 256, and all with what is erased', () => {
    const recent = new RecentProofs(fakeClock(0));
    for (let n = 0; n <= 256; n += 1) recent.keep(proof(`receipt-${n}`));
    expect(recent.get('receipt-0')).toBeUndefined();
    expect(recent.get('receipt-1')).toBeDefined();
    recent.forget();
    expect(recent.get('receipt-256')).toBeUndefined();
  });
});
