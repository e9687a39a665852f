/** `node scripts/turbo.mjs TASK... [OPTIONS]`: turbo as package.json's scripts call it. */
import { exitCodeOf, spawnTurbo } from './spawn-turbo.mjs';

process.exitCode = await exitCodeOf(spawnTurbo(process.argv.slice(2), 'inherit'));
