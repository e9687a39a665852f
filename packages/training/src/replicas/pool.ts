/** Things that are reused: as many are created as are in use at the same time. */
export interface Pool<Thing> {
  take(): Thing;
  giveBack(thing: Thing): void;
}

/** Returns a pool of things that `create` returns. */
export const createPool = <Thing>(create: () => Thing): Pool<Thing> => {
  const free: Thing[] = [];
  return {
    take: () => free.pop() ?? create(),
    giveBack: (thing) => {
      free.push(thing);
    },
  };
};
