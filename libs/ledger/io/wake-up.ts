import type { Clock } from '#protocol';

/** What a loop sleeps on: until somebody rings, or for a time. A ring while it works is heard at its next sleep. */
export class WakeUp {
  #rung = false;
  #wake: () => void = () => undefined;
  #endPause: () => void = () => undefined;

  constructor(private readonly clock: Clock) {}

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Forgets what was rung before: whatever it announced is looked at now. */
  begin(): void {
    this.#rung = false;
  }

  untilRung(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (this.#rung) resolve();
    });
  }

  pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#endPause = resolve;
      void this.clock.sleep(milliseconds).then(resolve);
    });
  }

  /** Ends a pause and a sleep for good. */
  end(): void {
    this.#endPause();
    this.ring();
  }
}
