export { adam } from './adam';
export { averagePool3dGradient, averagePoolGradient } from './average-pool-gradient';
export { clip, relu } from './clip';
export { convFilterGradientOfEveryProduct, convInputGradientOfEveryProduct } from './conv-every-product';
export { conv3dFilterGradient, conv3dInputGradient } from './conv3d-gradient';
export {
  convolve,
  convolveInputGradient,
  convolveInputGradientScratchBytes,
  convolveScratchBytes,
} from './convolve';
export { convolveFilterGradient, convolveFilterGradientScratchBytes } from './convolve-filter-gradient';
export { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise-gradient';
export { allFinite } from './finite';
export { gelu, geluGradient, geluScratchBytes } from './gelu';
export { maxPool } from './max-pool';
export { maxPoolGradient } from './max-pool-gradient';
export { multiplyTransposed, multiplyTransposedScratchBytes } from './multiply-matrices';
export { countNonZeros } from './non-zeros';
export {
  channelMoments,
  normalizationGradient,
  normalizationSums,
  normalizeChannels,
} from './normalize-channels';
export { sumRows } from './sum-rows';
export { sumSegments } from './sum-segments';
export { sumWinners, unpool } from './winners';
