/** An operation that the kernels do not cover, or an environment that they cannot run in. */
export class UnsupportedOperationError extends Error {
  override readonly name = 'UnsupportedOperationError';
}
