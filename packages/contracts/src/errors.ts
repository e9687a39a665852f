/**
 * The base class of every error that dropout-lab throws on purpose. Its message says what was expected, what was
 * found, where, and what to do next. Any other error is a defect.
 */
export class DropoutLabError extends Error {
  override readonly name: string = 'DropoutLabError';
}

/** A configuration value that is unknown, of the wrong kind or impossible. */
export class ConfigError extends DropoutLabError {
  override readonly name = 'ConfigError';

  /**
   * @param message One sentence: where, what was expected, what was received.
   * @param path The keys that lead to the value, outermost first; empty for the whole configuration.
   */
  constructor(
    message: string,
    readonly path: readonly (string | number)[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
