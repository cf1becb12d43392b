/** A camera makes 8,000 reads a day; one that was cut off sends what it kept at once. */
const BURST = 200;
const PER_SECOND = 20;

/** How often one camera may post. Counted after its secret was right, so that nobody else can use it up (W23). */
export class PostRate {
  constructor(
    private readonly burst = BURST,
    private readonly perSecond = PER_SECOND,
  ) {}

  readonly #left = new Map<string, { tokens: number; at: number }>();

  /** @param now milliseconds */
  allows(camera: string, now: number): boolean {
    const last = this.#left.get(camera) ?? { tokens: this.burst, at: now };
    const tokens = Math.min(this.burst, last.tokens + (Math.max(0, now - last.at) / 1000) * this.perSecond);
    this.#left.set(camera, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    return tokens >= 1;
  }
}
