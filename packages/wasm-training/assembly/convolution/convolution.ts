/**
 * A 2-D convolution, channels last, and what its output is pooled by. The kernels take it as an address of consecutive
 * 32-bit numbers, in this order.
 */
@unmanaged
export class Convolution {
  batch: usize;
  inHeight: usize;
  inWidth: usize;
  inChannels: usize;
  outHeight: usize;
  outWidth: usize;
  outChannels: usize;
  kernelHeight: usize;
  kernelWidth: usize;
  strideHeight: usize;
  strideWidth: usize;
  padTop: usize;
  padLeft: usize;
  /** Windows that tile the output; 1 without pooling. Rows and columns that fill no window are left out. */
  poolHeight: usize;
  poolWidth: usize;
}
