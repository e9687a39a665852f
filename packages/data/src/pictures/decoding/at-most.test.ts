import { expect, test } from 'vitest';
import { atMost } from './at-most.ts';

test.each<[number, number[], number]>([
  [10, [1, 1, 1, 1], 4],
  [10, [10, 10, 10], 10],
  [10, [6, 6, 4, 4, 4, 1, 9, 2], 10],
  // Larger than the room: alone.
  [10, [30, 1, 30, 9, 1], 30],
])('in a room of %j, work of the sizes %j goes on up to %j at once, in order', async (room, sizes, most) => {
  const within = atMost(room);
  let [now, highest] = [0, 0];
  const begun: number[] = [];
  const results = await Promise.allSettled(
    sizes.map((size, i) =>
      within(size, async () => {
        begun.push(i);
        now += size;
        highest = Math.max(highest, now);
        await new Promise((done) => setTimeout(done, 1));
        now -= size;
        // What fails makes room too.
        if (i % 2 === 1) throw new Error(`${i}`);
        return i;
      }),
    ),
  );
  expect(highest).toBe(most);
  expect(begun).toEqual([...sizes.keys()]);
  expect(results.map((one) => (one.status === 'fulfilled' ? one.value : Number(one.reason.message)))).toEqual(
    [...sizes.keys()],
  );
});
