import { parseWith } from '@dropout-lab/contracts';
import { z } from 'zod';
import type { Callback } from './callback.ts';

/** What {@link defineCallback} takes. */
export interface CallbackDefinition<Shape extends z.ZodRawShape> {
  /** What its state is kept by in checkpoints. */
  readonly name: string;
  /** A Zod schema for each setting, with its default. */
  readonly settings: Shape;
  /** What it does; one that remembers anything gives its state, or resuming would forget it. */
  readonly create: (settings: z.output<z.ZodObject<Shape>>) => Omit<Callback, 'name'>;
}

/**
 * A callback of your own: `train({ callbacks: [it({ patience: 3 })] })`.
 *
 * @returns Makes the callback of some settings. @throws ConfigError naming the first setting at fault.
 */
export const defineCallback =
  <Shape extends z.ZodRawShape>({ name, settings, create }: CallbackDefinition<Shape>) =>
  (input: z.input<z.ZodObject<Shape>> = {} as z.input<z.ZodObject<Shape>>): Callback => {
    const parsed = parseWith(z.strictObject(settings), input, name);
    // On the object itself, which may be of a class.
    return Object.assign(create(parsed as z.output<z.ZodObject<Shape>>), { name });
  };
