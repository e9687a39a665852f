import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from 'fast-png';

/** Pixels of a side. */
const SIDE = 24;

/** Returns a PNG of a dot on a ground, each picture of a class of another shade. */
const drawDot = (label: number, index: number): Uint8Array => {
  const ground = label % 2 === 0 ? [230, 220 - index, 60] : [30 + index, 60, 220];
  const data = new Uint8Array(SIDE * SIDE * 3);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const isDot = Math.hypot(x - 6 - label, y - 6 - (index % 5)) < 3;
      data.set(isDot ? [255, 255, 255] : ground, (y * SIDE + x) * 3);
    }
  }
  return encode({ width: SIDE, height: SIDE, data, channels: 3 });
};

/** Writes a folder of drawn pictures, so many of each class. @returns Its path. */
export const writeDots = async (path: string, classes: Readonly<Record<string, number>>): Promise<string> => {
  for (const [label, [name, count]] of Object.entries(classes).entries()) {
    await mkdir(join(path, name), { recursive: true });
    for (let i = 0; i < count; i++) await writeFile(join(path, name, `${i}.png`), drawDot(label, i));
  }
  return path;
};
