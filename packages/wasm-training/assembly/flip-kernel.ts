/**
 * A convolution of stride 1 as the input gradient of another: target[kh-1-ky, kw-1-kx, co, ci] = w[ky, kx, ci, co]
 *
 * @param w [kernelHeight, kernelWidth, inChannels, outChannels]
 * @param target [kernelHeight, kernelWidth, outChannels, inChannels], overwritten
 */
export function flipKernel(
  w: usize,
  target: usize,
  kernelHeight: usize,
  kernelWidth: usize,
  inChannels: usize,
  outChannels: usize,
): void {
  const taps = kernelHeight * kernelWidth;
  const channels = inChannels * outChannels;
  for (let tap: usize = 0; tap < taps; tap++) {
    const source = w + ((tap * channels) << 2);
    const flipped = target + (((taps - 1 - tap) * channels) << 2);
    for (let ci: usize = 0; ci < inChannels; ci++) {
      for (let co: usize = 0; co < outChannels; co++) {
        store<f32>(
          flipped + ((co * inChannels + ci) << 2),
          load<f32>(source + ((ci * outChannels + co) << 2)),
        );
      }
    }
  }
}
