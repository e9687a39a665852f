/** Google's, Mesa's and Microsoft's programs that stand in for a graphics processor. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/** Whether what names itself so computes on the processor, where wasm is many times faster. */
export const isSoftwareRenderer = (...names: readonly string[]): boolean =>
  softwareNames.test(names.join(' '));

/** A WebGPU adapter, as far as it names itself: browsers tell little, and each something else. */
export interface AdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
  readonly isFallbackAdapter?: boolean;
}

/** The adapter's title for a person, and whether it is a program. */
export const describeAdapter = (
  info: AdapterInfo,
): { readonly title: string; readonly isSoftware: boolean } => {
  const { vendor = '', architecture = '', device = '', description = '', isFallbackAdapter = false } = info;
  const isSoftware = isFallbackAdapter || isSoftwareRenderer(vendor, architecture, device, description);
  const title = description || device || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed';
  return { title: isSoftware ? `${title}, in software` : title, isSoftware };
};
