import * as fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import {
  encryptionTargetFrom,
  importDecryptionKey,
  open,
  seal,
  type DecryptionKey,
  type EncryptionTarget,
} from '#protocol';
import { privateJwk, publicPart, textOf } from '../test/example-parties.js';
import { refusalOf } from '../test/refusal.js';

let key: DecryptionKey;
let target: EncryptionTarget;

beforeAll(async () => {
  const jwk = await privateJwk('ECDH-ES');
  key = await importDecryptionKey(jwk);
  target = await encryptionTargetFrom(publicPart(jwk), textOf(jwk, 'kid'));
});

const plainText = fc
  .string({ unit: 'grapheme', maxLength: 6000, size: 'max' })
  .filter((text) => text.isWellFormed() && !text.includes('\u0000'));

it('opens to the text that was sealed, and its size shows the number of steps alone (P17)', async () => {
  await fc.assert(
    fc.asyncProperty(plainText, async (text) => {
      const sealed = await seal('sealed-part', text, target);
      expect(await open('sealed-part', sealed, key)).toBe(text);
      const steps = Math.max(1, Math.ceil(Buffer.byteLength(text) / 4096));
      expect(sealed.length).toBe((await seal('sealed-part', 'a'.repeat(steps * 4096), target)).length);
    }),
  );
});

it('refuses a sealed text of which one bit was changed, always alike (J12, J15)', async () => {
  const sealed = await seal('sealed-part', 'text', target);
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: sealed.length - 1 }), fc.nat({ max: 7 }), async (at, bit) => {
      const changed = String.fromCharCode(sealed.charCodeAt(at) ^ (1 << bit));
      const refused = await refusalOf(() =>
        open('sealed-part', sealed.slice(0, at) + changed + sealed.slice(at + 1), key),
      );
      expect(refused).toMatchObject({ code: 'cannot_open', message: 'the sealed part could not be opened' });
    }),
    { numRuns: 1000 },
  );
});

it('refuses whatever else comes in, always alike', async () => {
  const five = fc.array(fc.base64String({ maxLength: 40 }), { minLength: 5, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        five.map((parts) => parts.join('.')),
      ),
      async (text) => {
        expect(await refusalOf(() => open('sealed-answer', text, key))).toMatchObject({
          code: 'cannot_open',
          message: 'the sealed part could not be opened',
        });
      },
    ),
    { numRuns: 500 },
  );
});
