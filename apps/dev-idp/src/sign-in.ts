import type { Clock, Randomness } from '#protocol';
import { newSalt } from '#protocol';
import { passwordMatches, type Account } from './accounts.js';
import { AttemptLimit } from './attempt-limit.js';
import { matchingTotpStep, totpCode, totpStep } from './totp.js';

const FIVE_MINUTES_MS = 5 * 60_000;
const SIGN_IN_MS = 10 * 60_000;

/** One text for an unknown name, a wrong password and an account of another agency. */
const WRONG_PASSWORD = 'the user name or the password is not right';
const WRONG_CODE = 'the code is not right';
const TOO_MANY = 'too many attempts; wait five minutes';

/** What one open sign-in page knows. `account` is set once the first factor was right. */
export interface SignIn {
  readonly uid: string;
  readonly clientId: string;
  /** Repeated by each form, so that another site cannot post into a sign-in it did not open (W19). */
  readonly formToken: string;
  readonly startedAt: number;
  account?: Account;
  error?: string;
}

/** The two factors, in order: nobody reaches the code without the password, and nobody is signed in without the code. */
export class SignIns {
  readonly #open = new Map<string, SignIn>();
  readonly #usedSteps = new Map<string, number>();
  readonly #passwords: AttemptLimit;
  readonly #codes: AttemptLimit;

  constructor(
    private readonly accounts: readonly Account[],
    private readonly clock: Clock,
    private readonly randomness: Randomness,
  ) {
    this.#passwords = new AttemptLimit(clock, { failures: 10, windowMs: FIVE_MINUTES_MS });
    this.#codes = new AttemptLimit(clock, { failures: 5, windowMs: FIVE_MINUTES_MS });
  }

  /** The sign-in of one interaction, made at its first page. */
  at(uid: string, clientId: string): SignIn {
    this.#forgetOld();
    const known = this.#open.get(uid);
    if (known !== undefined) return known;
    const started = { uid, clientId, formToken: newSalt(this.randomness), startedAt: this.clock.now() };
    this.#open.set(uid, started);
    return started;
  }

  async checkPassword(signIn: SignIn, username: string, password: string): Promise<void> {
    delete signIn.account;
    if (this.#passwords.isSpent(username)) {
      signIn.error = TOO_MANY;
      return;
    }
    const account = this.accounts.find((candidate) => candidate.username === username);
    const right = await passwordMatches(account, password);
    if (account === undefined || !right || !account.clients.includes(signIn.clientId)) {
      this.#passwords.failed(username);
      signIn.error = WRONG_PASSWORD;
      return;
    }
    this.#passwords.succeeded(username);
    signIn.account = account;
    delete signIn.error;
  }

  /** The account, once both factors were right. */
  checkCode(signIn: SignIn, code: string): Account | undefined {
    const { account } = signIn;
    if (account === undefined) return undefined;
    if (this.#codes.isSpent(account.sub)) {
      signIn.error = TOO_MANY;
      return undefined;
    }
    const step = matchingTotpStep(account.totp_secret, code, this.clock.now());
    if (step === undefined || !this.#spend(account, step)) {
      this.#codes.failed(account.sub);
      signIn.error = WRONG_CODE;
      return undefined;
    }
    this.#codes.succeeded(account.sub);
    this.#open.delete(signIn.uid);
    return account;
  }

  currentDemoCode(signIn: SignIn): string | undefined {
    const { account } = signIn;
    return account?.demo === true ? totpCode(account.totp_secret, totpStep(this.clock.now())) : undefined;
  }

  end(signIn: SignIn): void {
    this.#open.delete(signIn.uid);
  }

  /**
   * RFC 6238 §5.2: a code is accepted once. A demonstration account is exempt: its code stands on the page, and scripts
   * sign it in more often than every 30 s.
   */
  #spend(account: Account, step: number): boolean {
    if (account.demo === true) return true;
    if (step <= (this.#usedSteps.get(account.sub) ?? -1)) return false;
    this.#usedSteps.set(account.sub, step);
    return true;
  }

  #forgetOld(): void {
    const since = this.clock.now() - SIGN_IN_MS;
    for (const [uid, signIn] of this.#open) if (signIn.startedAt <= since) this.#open.delete(uid);
  }
}
