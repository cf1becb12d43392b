/** Lists every problem of the configuration and the register at once. */
export class AuthorityConfigError extends Error {
  override readonly name = 'AuthorityConfigError';
  readonly code = 'configuration_refused';

  constructor(readonly problems: readonly string[]) {
    super(['the configuration is refused:', ...problems.map((problem) => `- ${problem}`)].join('\n'));
  }
}
