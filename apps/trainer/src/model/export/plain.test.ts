import { expect, test } from 'vitest';
import { plain } from './plain.ts';

test.each([
  ['CIFAR-10', 'CIFAR-10'],
  ['my_pets', String.raw`my\_pets`],
  ['# <b> `a` | [x] *', String.raw`\# \<b\> \`a\` \| \[x\] \*`],
  ['a\n\n- b', 'a - b'],
  [String.raw`back\slash`, String.raw`back\\slash`],
])('%j is %j in Markdown', (name, text) => {
  expect(plain(name)).toBe(text);
});
