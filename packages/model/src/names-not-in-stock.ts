import { stockActivations } from './activations/activations.ts';
import { addedClasses } from './registered.ts';

/** Names in a model.json that TensorFlow.js knows only where this package is loaded. */
export interface NamesNotInStock {
  /** Of classes. */
  readonly layers: readonly string[];
  readonly activations: readonly string[];
}

/** Returns the names of the layers and activations that this package adds to those of TensorFlow.js. */
export const namesNotInStock = (): NamesNotInStock => {
  const added = addedClasses();
  const activations = Object.entries(stockActivations).filter(([, className]) => added.includes(className));
  const classesOfActivations = activations.map(([, className]): string => className);
  return {
    layers: added.filter((className) => !classesOfActivations.includes(className)).sort(),
    activations: activations.map(([name]) => name).sort(),
  };
};
