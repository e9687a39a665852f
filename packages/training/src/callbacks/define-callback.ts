import { parseWith } from '@dropout-lab/contracts';
import { z } from 'zod';
import type { Callback } from './callback.ts';

/** Options of {@link defineCallback}. */
export interface CallbackDefinition<Shape extends z.ZodRawShape> {
  /** The key of its state in checkpoints. */
  readonly name: string;
  /** A Zod schema for each setting, with its default. */
  readonly settings: Shape;
  /** Returns the callback. One that remembers anything has to return its state, or resuming would lose it. */
  readonly create: (settings: z.output<z.ZodObject<Shape>>) => Omit<Callback, 'name'>;
}

/**
 * Defines a callback of your own: `train({ callbacks: [it({ patience: 3 })] })`.
 *
 * @returns A function from settings to a callback. It throws a ConfigError that names the first wrong setting.
 */
export const defineCallback =
  <Shape extends z.ZodRawShape>({ name, settings, create }: CallbackDefinition<Shape>) =>
  (input: z.input<z.ZodObject<Shape>> = {} as z.input<z.ZodObject<Shape>>): Callback => {
    const parsed = parseWith(z.strictObject(settings), input, name);
    // Not a copy: the object may be an instance of a class.
    return Object.assign(create(parsed as z.output<z.ZodObject<Shape>>), { name });
  };
