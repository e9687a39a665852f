import { ConfigError, membersOf, optimizerSchema, parseWith } from '@dropout-lab/contracts';
import { z } from 'zod';
import type { UpdateRule } from './update-rule.ts';

/** An optimizer of a user's own with its settings, for the `optimizer` of a configuration. */
export interface CustomOptimizer {
  readonly name: string;
  /** The learning rate before any schedule. */
  readonly learningRate: number;
  /** Returns its update rule. */
  readonly createRule: () => UpdateRule;
}

/** A Zod schema for each setting, including the learning rate. */
export type OptimizerSettings = z.ZodRawShape & {
  readonly learningRate: z.ZodType<number, number | undefined>;
};

/** Options of {@link defineOptimizer}. */
export interface OptimizerDefinition<Shape extends OptimizerSettings> {
  /** The name in errors. */
  readonly name: string;
  /** A Zod schema for each setting, with its default; `learningRate` is one of them. */
  readonly settings: Shape;
  /** Returns the update rule for some settings. */
  readonly create: (settings: z.output<z.ZodObject<Shape>>) => UpdateRule;
}

/**
 * Defines an optimizer of your own: `train({ config: { ...config, optimizer: it({ learningRate: 0.01 }) } })`. Its slots go into
 * checkpoints as those of the built-in ones do.
 *
 * @returns A function from settings to an optimizer. It throws a ConfigError that names the first wrong setting.
 * @throws ConfigError when the name is a built-in one, or there is no learning rate.
 */
export const defineOptimizer = <Shape extends OptimizerSettings>({
  name,
  settings,
  create,
}: OptimizerDefinition<Shape>) => {
  if (name === '' || membersOf(optimizerSchema)!.members.has(name) || !('learningRate' in settings)) {
    throw new ConfigError(
      `defineOptimizer: expected a new name and learningRate among the settings, received the name "${name}" and the settings ${Object.keys(settings).join(', ') || 'none'}`,
      ['name'],
    );
  }
  return (input: z.input<z.ZodObject<Shape>> = {} as z.input<z.ZodObject<Shape>>): CustomOptimizer => {
    const parsed = parseWith(z.strictObject(settings), input, name);
    const { learningRate } = parsed as { learningRate: number };
    return { name, learningRate, createRule: () => create(parsed as z.output<z.ZodObject<Shape>>) };
  };
};
