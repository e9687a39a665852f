import { z } from 'zod';
import { count, nonNegative } from '../settings/numbers.ts';
import { setting } from '../settings/settings.ts';

/** Settings of the optimizer for some of the weights. */
export const weightGroupSchema = z.strictObject({
  weights: setting(
    z.array(z.string().min(1)).min(1),
    'Paths of weights, such as conv2d_1/kernel, in which * stands for any text: */beta',
  ),
  learningRateFactor: setting(
    nonNegative.default(1),
    'Factor of the learning rate; 0 freezes the weights from the start',
  ),
  weightDecay: setting(
    nonNegative.nullable().default(null),
    "Weight decay in the place of the optimizer's; null is the optimizer's",
  ),
  epochs: setting(
    count.nullable().default(null),
    'Epochs, the first ones, in which the weights are updated; they are frozen afterwards. null is all',
    { unit: 'epochs' },
  ),
});

/** Settings of the optimizer for some of the weights. */
export type WeightGroup = z.output<typeof weightGroupSchema>;
/** A weight group as a user writes it. */
export type WeightGroupInput = z.input<typeof weightGroupSchema>;

/** The group of each weight, in the order of the paths, or a finding: a pattern that no weight is left for, or no weight that is trained. */
export type GroupedWeights =
  | { readonly groups: readonly (WeightGroup | undefined)[]; readonly finding?: undefined }
  | { readonly finding: string };

/** Returns the group of each weight: the first that one of its patterns belongs to. */
export const groupWeights = (groups: readonly WeightGroup[], paths: readonly string[]): GroupedWeights => {
  const found = new Map<string, WeightGroup>();
  for (const [place, group] of groups.entries()) {
    const own = new Set<string>();
    for (const [i, pattern] of group.weights.entries()) {
      const matching = paths.filter((path) => matches(pattern, path));
      const left = matching.filter((path) => !found.has(path));
      if (left.length === 0) {
        const expected =
          matching.length === 0
            ? `the path of a weight that is trained, or a pattern with * for any text (${listed(paths)})`
            : `a weight that no group before it has, since the first counts (${listed(paths.filter((path) => !found.has(path)))})`;
        return {
          finding: `weightGroups[${place}].weights[${i}]: expected ${expected}, received "${pattern}": change it, or leave it out`,
        };
      }
      for (const path of left) own.add(path);
    }
    for (const path of own) found.set(path, group);
  }
  const ofPaths = paths.map((path) => found.get(path));
  if (groups.length > 0 && ofPaths.every((group) => group?.learningRateFactor === 0)) {
    return {
      finding:
        'weightGroups: expected a weight that is trained, found a learningRateFactor of 0 for every one: raise it for some',
    };
  }
  return { groups: ofPaths };
};

/** Whether a path is that of a pattern, in which * stands for any text. */
const matches = (pattern: string, path: string): boolean => {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(path);
};

const MOST_LISTED = 12;

const listed = (paths: readonly string[]): string => {
  const rest = paths.length - MOST_LISTED;
  return `${paths.slice(0, MOST_LISTED).join(', ') || 'none'}${rest > 0 ? `, ${rest} more` : ''}`;
};
