export { sha256, sha256Sync } from './sha256.ts';
