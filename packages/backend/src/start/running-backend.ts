/** The name that TensorFlow.js gives to a backend; tfjs-node's is `tensorflow`. */
export type BackendName = 'tensorflow' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** What a backend says of itself once it runs. */
export interface RunningBackend {
  readonly name: BackendName;
  /** For a person: `wasm (SIMD)`, `tfjs-node 4.22.0 (libtensorflow 2.9.1)`. */
  readonly description: string;
  /** Versions of what computes, by package name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The backend that runs, as `startBackend` leaves it. */
export interface StartedBackend extends RunningBackend {
  /** One line: what was picked and why, and how to have the faster one when it was not to be had. */
  readonly reason: string;
}

/** @param versions Of what every backend runs on, by package name. */
export const startedBecause = (
  backend: RunningBackend,
  why: string,
  versions: Readonly<Record<string, string>>,
): StartedBackend => ({
  ...backend,
  reason: `${backend.description}: ${why}`,
  versions: { ...versions, ...backend.versions },
});
