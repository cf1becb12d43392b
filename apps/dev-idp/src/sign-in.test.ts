import { describe, expect, it } from 'vitest';
import { fakeClock, seededRandomness } from '../../../test/support/fakes.js';
import { Account } from './accounts.js';
import { SignIns } from './sign-in.js';
import { totpCode, totpStep } from './totp.js';

const START = 1_800_000_000_000;

function setUp(change: Partial<Account> = {}) {
  const account = Object.assign(new Account(), {
    sub: 'sub-1',
    username: 'vega',
    password: 'correct horse',
    name: 'A. Vega',
    roles: ['officer'],
    clients: ['juniper-bend'],
    totp_secret: 'JBSWY3DPEHPK3PXP',
    ...change,
  });
  const clock = fakeClock(START);
  const signIns = new SignIns([account], clock, seededRandomness('sign-in'));
  const open = (uid: string, clientId = 'juniper-bend') => signIns.at(uid, clientId);
  const code = (offset = 0) => totpCode(account.totp_secret, totpStep(clock.now()) + offset);
  return { account, clock, signIns, open, code };
}

describe('a sign-in', () => {
  it('N04: gives nothing for a right code without the password', () => {
    const { signIns, open, code } = setUp();
    expect(signIns.checkCode(open('a'), code())).toBeUndefined();
  });

  it('N04: gives nothing for the right password without a code', async () => {
    const { signIns, open } = setUp();
    const signIn = open('a');
    await signIns.checkPassword(signIn, 'vega', 'correct horse');
    expect(signIn.account?.sub).toBe('sub-1');
    for (const code of ['', '000000']) expect(signIns.checkCode(signIn, code)).toBeUndefined();
  });

  it('gives the account for both', async () => {
    const { signIns, open, code } = setUp();
    const signIn = open('a');
    await signIns.checkPassword(signIn, 'vega', 'correct horse');
    expect(signIns.checkCode(signIn, code())?.sub).toBe('sub-1');
  });

  it('forgets a right password when a wrong one follows', async () => {
    const { signIns, open, code } = setUp();
    const signIn = open('a');
    await signIns.checkPassword(signIn, 'vega', 'correct horse');
    await signIns.checkPassword(signIn, 'vega', 'wrong horse');
    expect(signIns.checkCode(signIn, code())).toBeUndefined();
  });

  it('answers an unknown name, a wrong password and an account of another agency alike', async () => {
    const { signIns, open } = setUp();
    const texts = new Set<string | undefined>();
    const tries = [
      [open('a'), 'nobody', 'correct horse'],
      [open('b'), 'vega', 'wrong horse'],
      [open('c', 'salish-point'), 'vega', 'correct horse'],
    ] as const;
    for (const [signIn, username, password] of tries) {
      await signIns.checkPassword(signIn, username, password);
      expect(signIn.account).toBeUndefined();
      texts.add(signIn.error);
    }
    expect([...texts]).toEqual(['the user name or the password is not right']);
  });

  it('takes no code after five wrong ones for five minutes, in whatever sign-in they were tried', async () => {
    const { signIns, clock, open, code } = setUp();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const signIn = open(`wrong-${attempt}`);
      await signIns.checkPassword(signIn, 'vega', 'correct horse');
      signIns.checkCode(signIn, '000000');
    }
    const signIn = open('late');
    await signIns.checkPassword(signIn, 'vega', 'correct horse');
    expect(signIns.checkCode(signIn, code())).toBeUndefined();
    expect(signIn.error).toContain('too many attempts');
    clock.advance(5 * 60_000);
    expect(signIns.checkCode(signIn, code())?.sub).toBe('sub-1');
  });

  it('takes no password after ten wrong ones for five minutes', async () => {
    const { signIns, clock, open } = setUp();
    const signIn = open('a');
    for (let attempt = 0; attempt < 10; attempt += 1) await signIns.checkPassword(signIn, 'vega', `wrong ${attempt}`);
    await signIns.checkPassword(signIn, 'vega', 'correct horse');
    expect(signIn.account).toBeUndefined();
    clock.advance(5 * 60_000);
    await signIns.checkPassword(signIn, 'vega', 'correct horse');
    expect(signIn.account?.sub).toBe('sub-1');
  });

  it('W23: cannot be locked for its owner by wrong codes of somebody who lacks the password', async () => {
    const { signIns, open, code } = setUp();
    for (let attempt = 0; attempt < 20; attempt += 1) signIns.checkCode(open('rival'), '000000');
    const signIn = open('owner');
    await signIns.checkPassword(signIn, 'vega', 'correct horse');
    expect(signIns.checkCode(signIn, code())?.sub).toBe('sub-1');
  });

  it('takes a code once (RFC 6238 §5.2), and an older one never after it', async () => {
    const { signIns, clock, open, code } = setUp();
    const again = async (uid: string, value: string) => {
      const signIn = open(uid);
      await signIns.checkPassword(signIn, 'vega', 'correct horse');
      return signIns.checkCode(signIn, value)?.sub;
    };
    expect(await again('a', code())).toBe('sub-1');
    expect(await again('b', code())).toBeUndefined();
    expect(await again('c', code(-1))).toBeUndefined();
    clock.advance(30_000);
    expect(await again('d', code())).toBe('sub-1');
  });

  it('takes a code again, and shows it, for a demonstration account only', async () => {
    const { signIns, open, code } = setUp({ demo: true });
    for (const uid of ['a', 'b']) {
      const signIn = open(uid);
      await signIns.checkPassword(signIn, 'vega', 'correct horse');
      expect(signIns.currentDemoCode(signIn)).toBe(code());
      expect(signIns.checkCode(signIn, code())?.sub).toBe('sub-1');
    }
    const real = setUp();
    const signIn = real.open('a');
    await real.signIns.checkPassword(signIn, 'vega', 'correct horse');
    expect(real.signIns.currentDemoCode(signIn)).toBeUndefined();
  });

  it('is forgotten after ten minutes', async () => {
    const { signIns, clock, open, code } = setUp();
    await signIns.checkPassword(open('a'), 'vega', 'correct horse');
    clock.advance(10 * 60_000);
    expect(signIns.checkCode(open('a'), code())).toBeUndefined();
  });
});
