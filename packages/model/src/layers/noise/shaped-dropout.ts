import type { serialization } from '@tensorflow/tfjs-core';
import { NoiseLayer, type NoiseLayerConfig } from './noise-layer.ts';
import type { NoiseShape } from './noise-shape.ts';

/** Constructor arguments of `Dropout` and `AlphaDropout`: Keras's in TensorFlow.js's spelling, and those of every layer. */
export interface DropoutConfig extends NoiseLayerConfig {
  /** Fraction of the input units to drop, 0 <= rate < 1. */
  readonly rate: number;
  /** Shape of the mask, rank of the input: 1 shares it along an axis, null takes the input's size; null is full. */
  readonly noiseShape?: NoiseShape | null;
}

/** A layer that drops units at a rate, with a mask that may be shared along axes. */
export abstract class ShapedDropout extends NoiseLayer {
  readonly rate: number;
  readonly noiseShape: NoiseShape | null;

  /**
   * @param stream The layer's own, so that two layers of one seed draw differently.
   * @throws ConfigError when the rate or the seed is out of range.
   */
  constructor(config: DropoutConfig, stream: string) {
    super(config, stream);
    this.rate = this.requireRate(config.rate);
    this.noiseShape = config.noiseShape ?? null;
  }

  protected override get isSilent(): boolean {
    return this.rateNow(this.rate) === 0;
  }

  override getConfig(): serialization.ConfigDict {
    const { rate, noiseShape, seed } = this;
    return { rate, noiseShape: noiseShape && [...noiseShape], seed, ...super.getConfig() };
  }
}
