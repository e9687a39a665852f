import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  identityOf,
  parseRunConfig,
  runConfigIdentity,
  runConfigSchema,
  withoutDefaults,
  writtenConfig,
} from '../index.ts';

const identity = (input: unknown): string => runConfigIdentity(parseRunConfig(input));

test('a person has to write what differs from the defaults, at every depth', () => {
  expect(writtenConfig(parseRunConfig({}))).toEqual({});
  const written = {
    model: { dropout: { rate: 0.3 }, maxNorm: null },
    optimizer: { name: 'sgd', momentum: 0.9 },
    schedule: { name: 'cosine_decay', decaySteps: 100 },
    epochs: 3,
    callbacks: [{ name: 'early_stopping', patience: 3 }],
  };
  expect(writtenConfig(parseRunConfig(written))).toEqual(written);
  expect(parseRunConfig(writtenConfig(parseRunConfig(written)))).toEqual(parseRunConfig(written));
});

test('within a list, too: each layer without the defaults of its kind', () => {
  const layers = [
    { kind: 'conv2d', filters: 8, padding: 'same' },
    { kind: 'residual', layers: [{ kind: 'conv2d', filters: 8, kernelSize: 3, padding: 'same' }] },
    { kind: 'dense', units: 10, kernelConstraint: { name: 'max_norm', maxValue: 2 } },
  ];
  expect(writtenConfig(parseRunConfig({ model: { layers } }))).toEqual({
    model: {
      preset: 'layers',
      layers: [
        { kind: 'conv2d', filters: 8, padding: 'same' },
        { kind: 'residual', layers: [{ kind: 'conv2d', filters: 8, padding: 'same' }] },
        { kind: 'dense', units: 10, kernelConstraint: { name: 'max_norm' } },
      ],
    },
  });
});

test('the identity depends on the settings, not on how they were written', () => {
  const same = [
    {},
    { epochs: 55 },
    { optimizer: { beta1: 0.9, name: 'adam' } },
    { model: { numClasses: 10, inputShape: [32, 32, 3] } },
    { model: { preset: 'tutorial', dropout: { rate: 0.5 } } },
  ];
  for (const input of same) expect(identity(input)).toBe('{"settings":{},"version":2}');
  const different = [
    { seed: 1 },
    { model: { maxNorm: null } },
    { optimizer: { name: 'sgd' } },
    { dataset: 'cifar100' },
  ];
  expect(new Set([{}, ...different].map(identity)).size).toBe(5);
});

test('an added default changes no identity, wherever it is added', () => {
  const before = z.strictObject({
    rate: z.number().default(1),
    optimizer: z
      .discriminatedUnion('name', [
        z.strictObject({ name: z.literal('a').default('a'), x: z.number().default(0) }),
        z.strictObject({ name: z.literal('b'), y: z.number() }),
      ])
      .prefault({}),
    steps: z.array(z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('s'), n: z.number() })])),
    limit: z
      .strictObject({ value: z.number().default(2) })
      .nullable()
      .prefault({}),
  });
  const added = z.number().default(7);
  const after = z.strictObject({
    ...before.shape,
    optimizer: z
      .discriminatedUnion('name', [
        z.strictObject({ name: z.literal('a').default('a'), x: z.number().default(0), added }),
        z.strictObject({ name: z.literal('b'), y: z.number(), added }),
      ])
      .prefault({}),
    steps: z.array(
      z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('s'), n: z.number(), added })]),
    ),
    limit: z
      .strictObject({ value: z.number().default(2), added })
      .nullable()
      .prefault({}),
    another: z.strictObject({ deep: added }).prefault({}),
  });
  for (const input of [
    { steps: [] },
    { steps: [{ kind: 's', n: 1 }], rate: 3 },
    { steps: [], optimizer: { name: 'b', y: 2 } },
    { steps: [], optimizer: { x: 2 }, limit: { value: 5 } },
    { steps: [], limit: null },
  ]) {
    expect(identityOf(after, 1, after.parse(input))).toBe(identityOf(before, 1, before.parse(input)));
  }
  expect(identityOf(after, 1, after.parse({ steps: [], another: { deep: 8 } }))).not.toBe(
    identityOf(before, 1, before.parse({ steps: [] })),
  );
});

test('an added default of the run configuration renames no run', () => {
  const grown = z.strictObject({ ...runConfigSchema.shape, warmth: z.number().default(0) });
  for (const input of [{}, { epochs: 3 }, { optimizer: { name: 'sgd' } }]) {
    expect(withoutDefaults(grown, grown.parse(input))).toEqual(
      withoutDefaults(runConfigSchema, parseRunConfig(input)),
    );
  }
});

test('runs that flip have the names that they had before flip could alternate', () => {
  expect(identity({ augmentation: { flip: true } })).toBe(
    '{"settings":{"augmentation":{"flip":true}},"version":2}',
  );
  expect(identity({ augmentation: { flip: false } })).toBe('{"settings":{},"version":2}');
});

test('what a crop of nothing would be filled with makes no other run', () => {
  const filled = (crop: number) =>
    ['zeros', 'reflect'].map((cropFill) => identity({ augmentation: { crop, cropFill } }));
  expect(new Set(filled(0)).size).toBe(1);
  expect(new Set(filled(2)).size).toBe(2);
});

test('the rate of dropout, where rates by block take its place, makes no other run', () => {
  const [one, other] = [0.1, 0.9].map((rate) =>
    identity({ model: { dropout: { rate, rates: [0.3, 0.3] } } }),
  );
  expect(one).toBe(other);
  expect(identity({ model: { dropout: { rate: 0.1 } } })).not.toBe(
    identity({ model: { dropout: { rate: 0.9 } } }),
  );
});
