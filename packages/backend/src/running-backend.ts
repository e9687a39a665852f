/** The name that TensorFlow.js gives to a backend; tfjs-node's is `tensorflow`. */
export type BackendName = 'tensorflow' | 'webgpu' | 'wasm' | 'cpu';

/** What a backend says of itself once it runs. */
export interface RunningBackend {
  readonly name: BackendName;
  /** For a person: `wasm (SIMD)`, `tfjs-node 4.22.0 (libtensorflow 2.9.1)`. */
  readonly description: string;
  /** Versions of what computes, by package name. */
  readonly versions: Readonly<Record<string, string>>;
}
