export { adam } from './adam';
export { averagePool3dGradient, averagePoolGradient } from './average-pool-gradient';
export { clip, relu } from './clip';
export {
  convFilterGradientOfEveryProduct,
  convInputGradientOfEveryProduct,
} from './convolution/conv-every-product';
export { conv3dFilterGradient, conv3dInputGradient } from './convolution/conv3d-gradient';
export {
  convolve,
  convolveInputGradient,
  convolveInputGradientScratchBytes,
  convolveScratchBytes,
} from './convolution/convolve';
export {
  convolveFilterGradient,
  convolveFilterGradientScratchBytes,
} from './convolution/convolve-filter-gradient';
export { depthwiseFilterGradient, depthwiseInputGradient } from './convolution/depthwise-gradient';
export {
  multiply,
  multiplyScratchBytes,
  multiplyTransposed,
  multiplyTransposedScratchBytes,
} from './convolution/multiply-matrices';
export { countNonZeros } from './convolution/non-zeros';
export { sumWinners, unpool } from './convolution/winners';
export { allFinite } from './finite';
export { gelu, geluGradient, geluScratchBytes } from './gelu';
export { maxPool } from './max-pool';
export { maxPoolGradient } from './max-pool-gradient';
export {
  channelMoments,
  normalizationGradient,
  normalizationSums,
  normalizeChannels,
} from './normalize-channels';
export { normalizeRows, normalizeRowsGradient } from './normalize-rows';
export { scaleBytes } from './scale-bytes';
export { scaleKept } from './scale-kept';
export { sumNumbers } from './sum-numbers';
export { sumRows } from './sum-rows';
export { sumSegments } from './sum-segments';
