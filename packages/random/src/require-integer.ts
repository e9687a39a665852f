/** @throws RangeError unless `value` is an integer from `min` to `max`. */
export const requireInteger = (
  what: string,
  value: number,
  min = 0,
  max: number = Number.MAX_SAFE_INTEGER,
): void => {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${what}: expected an integer from ${min} to ${max}, got ${value}`);
  }
};
