import { createRequire } from 'node:module';
import { join } from 'node:path';
import { version_core } from '@tensorflow/tfjs-core';
import { hasVulkanDriver } from '../graphics/vulkan-drivers.ts';
import { tfjsNodeFolder } from '../native/tfjs-node-folder.ts';

/** A backend that a training may run on, by what is installed. */
export interface InstalledBackend {
  readonly choice: 'webgpu' | 'node' | 'wasm';
  /** For people. */
  readonly title: string;
  readonly version: string;
}

/**
 * Returns the backends that are installed and fast enough to train. Nothing is loaded: whether one can be started is only
 * known when that has been tried.
 *
 * @param resolveFrom A module of the application, as `startBackend` takes it.
 */
export const installedBackends = (resolveFrom: string | URL = import.meta.url): InstalledBackend[] => {
  const application = createRequire(resolveFrom);
  const cached = createRequire(join(tfjsNodeFolder(), 'package.json'));
  // Without a driver it cannot be started, however well it is installed.
  const mayHaveGraphics = process.platform !== 'linux' || hasVulkanDriver();
  const webgpu = mayHaveGraphics ? versionOf(application, 'webgpu') : undefined;
  const node = versionOf(application, '@tensorflow/tfjs-node') ?? versionOf(cached, '@tensorflow/tfjs-node');
  return [
    ...(webgpu === undefined ? [] : [{ choice: 'webgpu', title: 'webgpu', version: webgpu } as const]),
    ...(node === undefined ? [] : [{ choice: 'node', title: 'tfjs-node', version: node } as const]),
    { choice: 'wasm', title: 'wasm', version: version_core },
  ];
};

const versionOf = (require: NodeJS.Require, name: string): string | undefined => {
  try {
    return (require(`${name}/package.json`) as { readonly version: string }).version;
  } catch {
    return undefined;
  }
};
