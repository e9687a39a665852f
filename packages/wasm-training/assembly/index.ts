export { convFilterGradient, convFilterGradientScratchBytes } from './conv-filter-gradient';
export { convInputGradient, convInputGradientScratchBytes } from './conv-input-gradient';
export { flipKernel } from './flip-kernel';
export { maxPoolGradient } from './max-pool-gradient';
export { countNonZeros } from './non-zeros';
export { sumRows } from './sum-rows';
export { transpose2d } from './transpose';
