import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * Most of the folders in which the Vulkan loader looks for drivers on Linux. It ignores them when a driver is named in
 * VK_DRIVER_FILES or VK_ICD_FILENAMES.
 */
export const vulkanDriverFolders = (): string[] => {
  const { XDG_DATA_HOME, XDG_DATA_DIRS } = process.env;
  const shared = (XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(delimiter);
  const own = XDG_DATA_HOME || join(homedir(), '.local', 'share');
  return ['/etc', '/usr/local/etc', own, ...shared].map((folder) => join(folder, 'vulkan', 'icd.d'));
};

/** Whether Vulkan has any driver here. Without one, a request for a graphics processor prints warnings. */
export const hasVulkanDriver = (): boolean =>
  Boolean(process.env['VK_DRIVER_FILES'] || process.env['VK_ICD_FILENAMES']) ||
  vulkanDriverFolders().some(hasEntries);

const hasEntries = (folder: string): boolean => {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
};
