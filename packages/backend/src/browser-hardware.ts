import type { HardwareDescription } from '@dropout-lab/contracts';

/** The machine, for the record of a run, as far as a browser tells: not its processor, and of its memory no more than 8 GiB. */
export const describeHardware = (): HardwareDescription => {
  const { hardwareConcurrency, userAgent, deviceMemory } = globalThis.navigator as Navigator & {
    readonly deviceMemory?: number;
  };
  return {
    cpu: 'unknown processor',
    cores: hardwareConcurrency,
    memoryBytes: deviceMemory === undefined ? null : deviceMemory * 2 ** 30,
    platform: userAgent,
  };
};
