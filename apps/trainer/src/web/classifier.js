import './runtime.js';

export const { loadClassifier } = globalThis.dropoutLab;
