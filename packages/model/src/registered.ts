import { serialization } from '@tensorflow/tfjs-core';
// Its classes are registered before ours, whichever module is loaded first.
import '@tensorflow/tfjs-layers';

const added = new Set<string>();

/**
 * Registers a class under its name, for model.json files. One under a stock name takes the stock one's place; the others are
 * those that TensorFlow.js by itself cannot load.
 */
export const register = <T extends serialization.Serializable>(
  ofClass: serialization.SerializableConstructor<T>,
): void => {
  const { className } = ofClass;
  if (!(className in serialization.SerializationMap.getMap().classNameMap)) added.add(className);
  serialization.registerClass(ofClass);
};

/** Returns the names of the classes that this package has added to TensorFlow.js's own. */
export const addedClasses = (): readonly string[] => [...added];
