/** Reuses things: as many are created as are in use at the same time. */
export const createPool = <Thing>(create: () => Thing) => {
  const free: Thing[] = [];
  return {
    take: (): Thing => free.pop() ?? create(),
    giveBack: (thing: Thing): void => {
      free.push(thing);
    },
  };
};
