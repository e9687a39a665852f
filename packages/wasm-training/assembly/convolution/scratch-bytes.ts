/** A number of bytes, or where there is no memory of so many, the largest that there could be: it is refused, where less would be too little. */
export function bytesOrAll(bytes: f64): usize {
  return bytes < <f64>usize.MAX_VALUE ? <usize>bytes : usize.MAX_VALUE;
}

/** A product of lengths that may be more than there are addresses. */
export function product(a: usize, b: usize, c: usize = 1, d: usize = 1): f64 {
  return <f64>a * <f64>b * <f64>c * <f64>d;
}
