import { ROOT_CONTEXT, SamplingDecision, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { ownSampler } from './own-sampler.js';

const LOW = `${'a'.repeat(24)}00000001`;
const HIGH = `${'a'.repeat(24)}fffffffe`;

function keeps(share: number, traceId: string, parent?: { sampled: boolean; isRemote: boolean }): boolean {
  const context =
    parent === undefined
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, {
          traceId,
          spanId: '00f067aa0ba902b7',
          traceFlags: parent.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
          isRemote: parent.isRemote,
        });
  const result = ownSampler(share).shouldSample(context, traceId, 'decide', SpanKind.INTERNAL, {}, []);
  return result.decision.valueOf() === SamplingDecision.RECORD_AND_SAMPLED.valueOf();
}

describe('the sampler', () => {
  it('keeps the share it was told, by trace id', () => {
    expect([keeps(1, LOW), keeps(1, HIGH)]).toEqual([true, true]);
    expect([keeps(0.5, LOW), keeps(0.5, HIGH)]).toEqual([true, false]);
    expect([keeps(0, LOW), keeps(0, HIGH)]).toEqual([false, false]);
  });

  it('W13: is not moved by the flag of another party', () => {
    expect(keeps(0, LOW, { sampled: true, isRemote: true })).toBe(false);
    expect(keeps(1, LOW, { sampled: false, isRemote: true })).toBe(true);
  });

  it('follows the step around it within one process', () => {
    expect(keeps(0, LOW, { sampled: true, isRemote: false })).toBe(true);
    expect(keeps(1, LOW, { sampled: false, isRemote: false })).toBe(false);
  });
});
