import { numericsConfig } from '../../vitest.shared.ts';

export default numericsConfig(import.meta.url);
