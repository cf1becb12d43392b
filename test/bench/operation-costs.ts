import { cpuUsage } from 'node:process';
import { openCheckpoint, formatCheckpoint, signNote, emptyRoot } from '#ledger';
import { generateNoteKey } from '#ledger/io';
import { encryptionTargetFrom, keySetFrom, open, seal, signToken, verifyArchivedToken } from '#protocol';
import { generateDecryptionKey, generatePrivateJwk, generateSigningKey, systemRandomness } from '#protocol/io';

/** CPU milliseconds of one operation, one at a time, as the project's own functions do it. */
export interface OperationCosts {
  readonly sign: number;
  readonly verify: number;
  readonly sealPart: number;
  readonly openPart: number;
  readonly sealAnswer: number;
  readonly openAnswer: number;
  readonly answerKey: number;
  readonly noteSign: number;
  readonly noteVerify: number;
}

const WARM_UP = 50;
const ISSUER = 'https://node.example';
const ORIGIN = 'node.example/ledger';
/** About what a sealed part holds, and a short answer; both are padded to their steps. */
const PART = 'x'.repeat(7_000);
const ANSWER = 'x'.repeat(4_000);

/** @param milliseconds how long each operation is measured */
export async function measureOperations(milliseconds: number): Promise<OperationCosts> {
  const key = await generateSigningKey();
  const keys = await keySetFrom({ keys: [key.publicJwk] }, 'sig');
  const claims = { iss: ISSUER, iat: 1_795_305_600, ledger: ORIGIN, filling: 'x'.repeat(1_200) };
  const token = await signToken({ kind: 'receipt', claims, key });
  const decryption = await generateDecryptionKey();
  const { x = '' } = decryption.publicJwk;
  const target = await encryptionTargetFrom({ kty: 'OKP', crv: 'X25519', x }, decryption.kid);
  const part = await seal('sealed-part', PART, target);
  const answer = await seal('sealed-answer', ANSWER, target);
  const note = generateNoteKey(ORIGIN, 'note', systemRandomness);
  const text = formatCheckpoint({ origin: ORIGIN, size: 0, root: emptyRoot() });
  const checkpoint = signNote(text, [note.key]);
  const cost = (run: () => unknown) => cpuMsOf(run, milliseconds);
  return {
    sign: await cost(() => signToken({ kind: 'receipt', claims, key })),
    verify: await cost(() => verifyArchivedToken({ kind: 'receipt', token, keys, issuer: ISSUER })),
    sealPart: await cost(() => seal('sealed-part', PART, target)),
    openPart: await cost(() => open('sealed-part', part, decryption)),
    sealAnswer: await cost(() => seal('sealed-answer', ANSWER, target)),
    openAnswer: await cost(() => open('sealed-answer', answer, decryption)),
    answerKey: await cost(() => generatePrivateJwk('enc')),
    noteSign: await cost(() => signNote(text, [note.key])),
    noteVerify: await cost(() => openCheckpoint(checkpoint, note.key.vkey, [])),
  };
}

/** CPU time, not the clock: other programs on the machine do not count, threads of the pool do. */
async function cpuMsOf(run: () => unknown, milliseconds: number): Promise<number> {
  for (let i = 0; i < WARM_UP; i += 1) await run();
  const [start, until] = [cpuUsage(), performance.now() + milliseconds];
  let times = 0;
  for (; performance.now() < until; times += 1) await run();
  const { user, system } = cpuUsage(start);
  return (user + system) / 1_000 / times;
}
