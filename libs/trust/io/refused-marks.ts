import { NO_AUDIENCE, ProtocolError, verifyToken, type Clock } from '#protocol';
import {
  parseProtectionMarkType,
  parseTrustMark,
  TrustError,
  type MarkIssuer,
  type ShownTrustMark,
  type UnverifiedTrustMark,
  type VerifiedTrustMark,
} from '../src/index.js';
import type { QuarantineEnd, RecordedRefusal, RefusedMarksStore } from './refused-marks.store.js';
import type { SeenStatements } from './seen-statements.js';

/** A mark that somebody showed and nobody believes: not met, and to be looked at by a person (T06, T08). */
export interface RefusedMark {
  /** Who shows it. */
  readonly entityId: string;
  readonly code: TrustError['code'];
  /** Digest of the mark. */
  readonly mark: string;
  /** From now on nothing that this issuer attests of this protection counts. */
  readonly quarantined: { readonly issuer: string; readonly protection: string } | undefined;
}

/** As long as a mark can live: until then the mark that proves it can be shown again. */
const QUARANTINE_MS = 24 * 60 * 60 * 1_000;
const MAX_TOLD = 4_096;
/** These come with time and say nothing about anybody. */
const ORDINARY: readonly TrustError['code'][] = ['expired', 'not_yet_valid'];

/**
 * What marks were refused, each told once a day; and which attestors are quarantined. Whoever signs a mark about an entity
 * over which it has no authority, and never had, is believed about nobody in that protection for a day (T08). The mark has to
 * verify with its key: what others put its name to changes nothing.
 */
export class RefusedMarks {
  readonly #told = new Map<string, number>();
  readonly #quarantined = new Map<string, number>();
  #loaded: Promise<void> | undefined;

  constructor(
    private readonly by: {
      readonly clock: Clock;
      readonly seen: SeenStatements;
      readonly store: RefusedMarksStore;
      readonly tell: (refused: RefusedMark) => void;
    },
  ) {}

  /** Has to have ended before anybody is believed: a restart lifts no quarantine. Only the first call reads. */
  async load(): Promise<void> {
    this.#loaded ??= this.#load();
    try {
      await this.#loaded;
    } catch (error) {
      this.#loaded = undefined;
      throw error;
    }
  }

  async note(refused: {
    readonly shown: ShownTrustMark;
    readonly subject: string;
    readonly issuer: MarkIssuer | undefined;
    readonly anchor: string;
    readonly error: TrustError;
  }): Promise<void> {
    const { shown, subject: entityId, issuer, anchor, error } = refused;
    if (ORDINARY.includes(error.code)) return;
    const mark = parsed(shown);
    const digest = mark?.digest ?? 'unreadable';
    const now = this.by.clock.now();
    const until = now + QUARANTINE_MS;
    const key = toldKey(entityId, error.code, digest);
    if (now < (this.#told.get(key) ?? 0)) return;
    const overreaches =
      error.code === 'mark_issuer_without_authority' && mark && issuer && (await this.#isSigned(mark, issuer));
    const quarantined = overreaches
      ? { issuer: issuer.entityId, protection: parseProtectionMarkType(anchor, mark.type).protection }
      : undefined;
    if (quarantined) this.#quarantined.set(keyOf(quarantined), until);
    const quarantine = quarantined && mark && { ...quarantined, until, token: mark.token, ...NOT_ENDED };
    await this.by.store.put({ entityId, code: error.code, mark: digest, toldAt: now, quarantine });
    this.#remember(key, until);
    this.by.tell({ entityId, code: error.code, mark: digest, quarantined });
  }

  /** @throws TrustError `attestor_quarantined` */
  requireFree({ issuer, protection, subject }: Pick<VerifiedTrustMark, 'issuer' | 'protection' | 'subject'>): void {
    const until = this.#quarantined.get(keyOf({ issuer, protection }));
    if (until === undefined || this.by.clock.now() >= until) return;
    throw new TrustError('attestor_quarantined', 'its issuer attested others than its own of this protection', {
      entityId: subject,
    });
  }

  /** Newest first, quarantines that ended among them. */
  list(): Promise<RecordedRefusal[]> {
    return this.by.store.all();
  }

  /**
   * Ends a quarantine before its time, when another person has proposed it.
   *
   * @throws TrustError `quarantine_unknown`, `same_person`
   */
  async end(wish: Omit<QuarantineEnd, 'at'>): Promise<'proposed' | 'ended'> {
    const state = await this.by.store.end({ ...wish, at: this.by.clock.now() });
    if (state === 'proposed') return state;
    this.#quarantined.delete(keyOf(wish));
    await this.#load();
    return state;
  }

  async #load(): Promise<void> {
    // Oldest first, so that the newest of each stays.
    for (const { entityId, code, mark, toldAt, quarantine } of (await this.by.store.all()).toReversed()) {
      this.#remember(toldKey(entityId, code, mark), toldAt + QUARANTINE_MS);
      // The mark of one that two persons have ended stays told until it has expired, and so begins none again.
      if (quarantine !== undefined && quarantine.endedAt === undefined) {
        this.#quarantined.set(keyOf(quarantine), quarantine.until);
      }
    }
  }

  /** Signed by its issuer, about somebody of whom it never made a statement: an agency that moved away is no offence. */
  async #isSigned(mark: UnverifiedTrustMark, issuer: MarkIssuer): Promise<boolean> {
    if (this.by.seen.hasSeen(mark.issuer, mark.subject)) return false;
    const { clock } = this.by;
    try {
      await verifyToken({
        kind: 'trust-mark',
        token: mark.token,
        keys: issuer.federationKeys,
        issuer: mark.issuer,
        audience: NO_AUDIENCE,
        now: clock.now(),
      });
      return true;
    } catch (error) {
      if (error instanceof ProtocolError) return false;
      throw error;
    }
  }

  #remember(key: string, until: number): void {
    this.#told.set(key, until);
    const [oldest] = this.#told.keys();
    if (this.#told.size > MAX_TOLD && oldest !== undefined) this.#told.delete(oldest);
  }
}

function parsed(shown: ShownTrustMark): UnverifiedTrustMark | undefined {
  try {
    return parseTrustMark(shown.token);
  } catch (error) {
    if (error instanceof TrustError) return undefined;
    throw error;
  }
}

const NOT_ENDED = { endProposedBy: undefined, endReason: undefined, endedBy: undefined, endedAt: undefined };

/** An entity id has no space. */
function toldKey(entityId: string, code: string, mark: string): string {
  return `${entityId} ${code} ${mark}`;
}

function keyOf({ issuer, protection }: { readonly issuer: string; readonly protection: string }): string {
  return `${issuer} ${protection}`;
}
