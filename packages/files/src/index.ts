export { type CsvField, type CsvOptions, csvOf } from './csv.ts';
export { sha256, sha256Sync } from './sha256.ts';
