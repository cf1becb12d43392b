import { SamplingDecision, trace, TraceFlags } from '@opentelemetry/api';
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';

/**
 * Keeps the given share of traces, decided by the trace id alone, so that every party with the same share keeps the
 * same traces. The flag of another party counts for nothing: it would let a peer switch recording on (attack W13).
 */
export function ownSampler(share: number): NodeSDKConfiguration['sampler'] {
  return {
    shouldSample(context, traceId) {
      const parent = trace.getSpanContext(context);
      const keep =
        parent !== undefined && parent.isRemote !== true
          ? (parent.traceFlags & TraceFlags.SAMPLED) !== 0
          : Number.parseInt(traceId.slice(-8), 16) < share * 2 ** 32;
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the SDK declares the API's enum a second time
      return { decision: keep ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
    },
    toString: () => `OwnSampler{${share}}`,
  };
}
