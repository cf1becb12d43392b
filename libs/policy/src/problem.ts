/** One thing that is wrong with a document, and where. */
export interface Problem {
  /** Member names joined by dots, list places in brackets: `release.plate_history.require[0].at_least`. */
  readonly path: string;
  readonly message: string;
}
