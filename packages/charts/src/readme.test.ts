import { test } from 'vitest';
import { runReadmeExample } from '../../../scripts/readme-example.ts';

test('the example of the README runs', () => runReadmeExample(new URL('..', import.meta.url).href));
