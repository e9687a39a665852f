/**
 * The gradients of a convolution by their definition, product by product. The fast kernels skip zeros and multiply by
 * the zeros of their padding, which is not the same when a number is NaN or infinite: then these are called, however long
 * they take.
 */

/** As {@link convFilterGradient}, without its scratch memory. */
export function convFilterGradientOfEveryProduct(
  x: usize,
  dy: usize,
  dw: usize,
  batch: usize,
  inHeight: usize,
  inWidth: usize,
  inChannels: usize,
  outHeight: usize,
  outWidth: usize,
  outChannels: usize,
  kernelHeight: usize,
  kernelWidth: usize,
  strideHeight: usize,
  strideWidth: usize,
  padTop: usize,
  padLeft: usize,
): void {
  memory.fill(dw, 0, (kernelHeight * kernelWidth * inChannels * outChannels) << 2);
  for (let n: usize = 0; n < batch; n++) {
    for (let oy: usize = 0; oy < outHeight; oy++) {
      for (let ox: usize = 0; ox < outWidth; ox++) {
        const gradient = dy + ((((n * outHeight + oy) * outWidth + ox) * outChannels) << 2);
        for (let ky: usize = 0; ky < kernelHeight; ky++) {
          // Below 0 it wraps around, to more than any height.
          const iy = oy * strideHeight + ky - padTop;
          if (iy >= inHeight) continue;
          for (let kx: usize = 0; kx < kernelWidth; kx++) {
            const ix = ox * strideWidth + kx - padLeft;
            if (ix >= inWidth) continue;
            const pixel = x + ((((n * inHeight + iy) * inWidth + ix) * inChannels) << 2);
            const tap = dw + (((ky * kernelWidth + kx) * inChannels * outChannels) << 2);
            for (let ci: usize = 0; ci < inChannels; ci++) {
              const value = load<f32>(pixel + (ci << 2));
              for (let co: usize = 0; co < outChannels; co++) {
                const target = tap + ((ci * outChannels + co) << 2);
                store<f32>(target, load<f32>(target) + value * load<f32>(gradient + (co << 2)));
              }
            }
          }
        }
      }
    }
  }
}

/** As {@link convInputGradient}, without its scratch memory. */
export function convInputGradientOfEveryProduct(
  dy: usize,
  w: usize,
  dx: usize,
  batch: usize,
  inHeight: usize,
  inWidth: usize,
  inChannels: usize,
  outHeight: usize,
  outWidth: usize,
  outChannels: usize,
  kernelHeight: usize,
  kernelWidth: usize,
  strideHeight: usize,
  strideWidth: usize,
  padTop: usize,
  padLeft: usize,
): void {
  memory.fill(dx, 0, (batch * inHeight * inWidth * inChannels) << 2);
  for (let n: usize = 0; n < batch; n++) {
    for (let oy: usize = 0; oy < outHeight; oy++) {
      for (let ox: usize = 0; ox < outWidth; ox++) {
        const gradient = dy + ((((n * outHeight + oy) * outWidth + ox) * outChannels) << 2);
        for (let ky: usize = 0; ky < kernelHeight; ky++) {
          const iy = oy * strideHeight + ky - padTop;
          if (iy >= inHeight) continue;
          for (let kx: usize = 0; kx < kernelWidth; kx++) {
            const ix = ox * strideWidth + kx - padLeft;
            if (ix >= inWidth) continue;
            const pixel = dx + ((((n * inHeight + iy) * inWidth + ix) * inChannels) << 2);
            const tap = w + (((ky * kernelWidth + kx) * inChannels * outChannels) << 2);
            for (let ci: usize = 0; ci < inChannels; ci++) {
              let sum = load<f32>(pixel + (ci << 2));
              for (let co: usize = 0; co < outChannels; co++) {
                sum += load<f32>(gradient + (co << 2)) * load<f32>(tap + ((ci * outChannels + co) << 2));
              }
              store<f32>(pixel + (ci << 2), sum);
            }
          }
        }
      }
    }
  }
}
