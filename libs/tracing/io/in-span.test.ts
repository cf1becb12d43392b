import { describe, expect, it } from 'vitest';
import { parseTraceparent } from '#tracing';
import { seededRandomness } from '../../../test/support/fakes.js';
import { currentTraceparent, inSpan, newTraceparent } from './in-span.js';

describe('a step without a running SDK', () => {
  it('runs, gives its result and throws its errors', async () => {
    expect(await inSpan('decide', {}, () => 'permit')).toBe('permit');
    const failing = inSpan('decide', {}, () => Promise.reject(new TypeError('no')));
    await expect(failing).rejects.toThrow(TypeError);
    expect(currentTraceparent()).toBeUndefined();
  });
});

describe('a new traceparent', () => {
  it('is well formed, made from the given randomness, and not sampled', () => {
    const made = newTraceparent(seededRandomness('one'));
    expect(parseTraceparent(made)).toMatchObject({ sampled: false });
    expect(newTraceparent(seededRandomness('one'))).toBe(made);
    expect(newTraceparent(seededRandomness('two'))).not.toBe(made);
  });

  it('W13: is never all zero', () => {
    const made = newTraceparent({ bytes: (length) => new Uint8Array(length) });
    expect(parseTraceparent(made)).toBeDefined();
  });
});
