export { type ParquetOptions, parquetInMemory } from './parquet/parquet-in-memory.ts';
