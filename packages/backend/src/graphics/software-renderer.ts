/** Google's, Mesa's and Microsoft's software in place of a graphics processor. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/** Whether a renderer of these names is software, which is many times slower than wasm. */
export const isSoftwareRenderer = (...names: readonly string[]): boolean =>
  softwareNames.test(names.join(' '));

/** The names that a WebGPU adapter gives itself; browsers differ in which they reveal. */
export interface AdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
  readonly isFallbackAdapter?: boolean;
}

/** The adapter's title, for people, and whether it is software. */
export const describeAdapter = (
  info: AdapterInfo,
): { readonly title: string; readonly isSoftware: boolean } => {
  const { vendor = '', architecture = '', device = '', description = '', isFallbackAdapter = false } = info;
  const isSoftware = isFallbackAdapter || isSoftwareRenderer(vendor, architecture, device, description);
  const title = description || device || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed';
  return { title: isSoftware ? `${title}, in software` : title, isSoftware };
};
