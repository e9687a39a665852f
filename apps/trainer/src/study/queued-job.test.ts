import { describe, expect, test } from 'vitest';
import { faultOfJob } from './queued-job.ts';

/** As BullMQ writes it for a job of ours that was tried before. */
const whole = {
  name: 'run',
  data: '{"name":"x","config":{},"command":[]}',
  opts: '{"removeOnComplete":true,"removeOnFail":true,"attempts":0}',
  timestamp: '1764190000000',
  delay: '0',
  priority: '0',
  processedOn: '1764190000001',
  ats: '2',
  atm: '1',
  stc: '1',
  pb: 'worker',
  progress: '{"worker":"a:1","text":"Epoch 1/2"}',
  failedReason: 'x',
  stacktrace: '["x"]',
  returnvalue: '"completed"',
};

test('a job as the queue writes it has no fault, nor has one with a field of a later version', () => {
  expect(faultOfJob(whole)).toBeUndefined();
  expect(faultOfJob({ ...whole, later: '{' })).toBeUndefined();
});

describe('a field that the scripts of the queue cannot read is named', () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  test.each<[string, string, string]>([
    ...['', '{oops', '\0', 'NaN', '{"a":1}x'].flatMap((text): [string, string, string][] => [
      ['data', text, `data: expected JSON, received ${text}`],
      ['progress', text, `progress: expected JSON, received ${text}`],
      ['opts', text, `opts: expected an object of options, received ${text}`],
    ]),
    ...['null', '5', '"x"', '[]', deep].map((text): [string, string, string] => [
      'opts',
      text,
      `opts: expected an object of options, received ${text.slice(0, 40)}`,
    ]),
    ['opts', '{"repeat":{"every":1}}', 'opts: expected neither repeat nor parent, received {"repeat"'],
    ['opts', '{"repeat":5}', 'opts: expected neither repeat nor parent, received {"repeat":5}'],
    ['opts', '{"parent":{"id":"a"}}', 'opts: expected neither repeat nor parent, received {"parent"'],
    ...['ats', 'atm', 'stc', 'timestamp', 'delay', 'priority'].flatMap((name) =>
      ['', 'x', '1.5', '1e5', '9'.repeat(400), ' 1', '0x1'].map((text): [string, string, string] => [
        name,
        text,
        `${name}: expected a whole number, received ${text.slice(0, 40)}`,
      ]),
    ),
    ...['id', 'rjk', 'nrjid', 'deid', 'defa', 'parent', 'parentKey', 'attemptsMade'].flatMap((name) =>
      ['', 'a:b', deep].map((text): [string, string, string] => [
        name,
        text,
        `${name}: expected no such field, received ${text.slice(0, 40)}`,
      ]),
    ),
  ])('%s %.30j', (name, text, fault) => {
    expect(faultOfJob({ ...whole, [name]: text })).toContain(fault);
    expect(faultOfJob({ ...whole, [name]: text })!.length).toBeLessThan(120);
  });
});
