import type { KernelLimit } from '../shared/compute/kernel-limits.ts';

/** Returns the axes that a kernel's norm is summed over: those of its max-norm, or all incoming weights of a unit. */
export const axesOf = (limit: KernelLimit | undefined, rank: number): readonly number[] => {
  const fanIn = Array.from({ length: rank - 1 }, (_, axis) => axis);
  const axes = limit?.axes ?? fanIn;
  return axes.every((axis) => axis < rank - 1) ? axes : fanIn;
};

/** The end of a kernel's name. */
export const KERNEL = /\/kernel$/;
