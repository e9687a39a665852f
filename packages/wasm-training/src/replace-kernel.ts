import { getKernel, type KernelConfig, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

/** A kernel without its name and backend. */
export type Kernel = KernelConfig['kernelFunc'];

/** The inputs and attributes that a kernel is called with, and the backend that it runs on. */
export type KernelCall = Parameters<Kernel>[0];

const replacements = new WeakSet<KernelConfig>();

/**
 * Puts a kernel in the place of a backend's stock one. A kernel that has been replaced, or that the backend does not have,
 * is left alone.
 *
 * @param create Returns the replacement; it may call the stock kernel.
 */
export const replaceKernel = (
  backendName: string,
  kernelName: string,
  create: (stock: Kernel) => Kernel,
): void => {
  const stock = getKernel(kernelName, backendName);
  if (!stock || replacements.has(stock)) return;
  const replacement = { ...stock, kernelFunc: create(stock.kernelFunc) };
  unregisterKernel(kernelName, backendName);
  registerKernel(replacement);
  replacements.add(replacement);
};

/** Gives a backend a kernel that it does not have. */
export const addKernel = (backendName: string, kernelName: string, kernelFunc: Kernel): void => {
  if (!getKernel(kernelName, backendName)) registerKernel({ backendName, kernelName, kernelFunc });
};
