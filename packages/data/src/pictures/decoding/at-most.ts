/**
 * Returns a function that does work of a given size as soon as there is room for it beside the work that goes on, in the order
 * of the calls. Work that is larger than the room goes on alone.
 *
 * @param room The most that goes on at once, in the unit of the sizes.
 */
export const atMost = (room: number): (<T>(size: number, work: () => Promise<T>) => Promise<T>) => {
  let taken = 0;
  const waiting: { readonly size: number; readonly begin: () => void }[] = [];
  const beginNext = (): void => {
    for (let next = waiting[0]; next && (taken === 0 || taken + next.size <= room); next = waiting[0]) {
      waiting.shift();
      taken += next.size;
      next.begin();
    }
  };
  return async (size, work) => {
    await new Promise<void>((begin) => {
      waiting.push({ size, begin });
      beginNext();
    });
    try {
      return await work();
    } finally {
      taken -= size;
      beginNext();
    }
  };
};
