import { describe, expect, test } from 'vitest';
import reference from '../fixtures/uncertainty.json' with { type: 'json' };
import {
  atTemperature,
  averagePredictions,
  evaluateLogits,
  fitTemperature,
  MetricsError,
  rejectionCurve,
  softmax,
} from './index.ts';

const { classes, labels: classLabels, averaged } = reference;
const labels = Uint8Array.from(classLabels);
const classNames = Array.from({ length: classes }, (_, c) => `${c}`);

describe('fitTemperature', () => {
  test.each(reference.temperatures)(
    'finds the temperature that scipy finds: $temperature',
    ({ logits, before, temperature, after }) => {
      const values = Float32Array.from(logits);
      const found = fitTemperature(values, labels, classes);
      expect(found.isAtEnd).toBe(false);
      expect(found.temperature / temperature).toBeCloseTo(1, 6);
      expect(found.before).toBeCloseTo(before, 10);
      expect(found.after).toBeCloseTo(after, 12);
      // What scipy found is a minimum to its tolerance, and ours is no worse.
      expect(found.after).toBeLessThanOrEqual(after + 1e-14);
      const scaled = evaluateLogits(atTemperature(values, found.temperature), labels, classNames);
      expect(scaled.loss).toBeCloseTo(after, 6);
      expect(scaled.accuracy).toBe(evaluateLogits(values, labels, classNames).accuracy);
    },
  );

  test('of two classes by hand: three of four right with a margin of m ask for 1 / T = log 3 / m', () => {
    const logits = Float32Array.of(5, 0, 5, 0, 5, 0, 5, 0);
    const { temperature, after } = fitTemperature(logits, Uint8Array.of(0, 0, 0, 1), 2);
    expect(temperature).toBeCloseTo(5 / Math.log(3), 8);
    expect(after).toBeCloseTo(-(3 * Math.log(0.75) + Math.log(0.25)) / 4, 12);
  });

  test('logits of any size', () => {
    const logits = Float32Array.of(5e8, 0, 5e8, 0, 5e8, 0, 5e8, 0);
    expect(fitTemperature(logits, Uint8Array.of(0, 0, 0, 1), 2)).toMatchObject({
      temperature: 100,
      isAtEnd: true,
    });
  });

  test.each([
    ['right about all', [0, 1], 0.01],
    ['wrong about all', [1, 0], 100],
  ])('a model that is %s has none: the end of the range', (_, of, temperature) => {
    const logits = Float32Array.of(1, 0, 0, 1);
    const found = fitTemperature(logits, Uint8Array.from(of), 2);
    expect(found).toMatchObject({ isAtEnd: true });
    expect(found.temperature).toBeCloseTo(temperature, 10);
  });

  test('a label out of range is refused', () => {
    expect(() => fitTemperature(Float32Array.of(0, 1), Uint8Array.of(2), 2)).toThrow(MetricsError);
  });
});

describe('averagePredictions', () => {
  const average = () => {
    const all = averagePredictions(classes);
    for (const pass of averaged.passes) all.add(Float32Array.from(pass));
    return all.result();
  };

  test('the mean of probabilities, and the metrics of it, as numpy computes them', () => {
    const { logits, passes } = average();
    expect(passes).toBe(6);
    softmax(logits, classes).forEach((probability, i) => {
      expect(probability).toBeCloseTo(averaged.probabilities[i]!, 6);
    });
    const report = evaluateLogits(logits, labels, classNames);
    expect(report.accuracy).toBe(averaged.accuracy);
    expect(report.loss).toBeCloseTo(averaged.loss, 6);
    expect(report.brierScore).toBeCloseTo(averaged.brierScore, 6);
  });

  test('predictive entropy and mutual information, as scipy computes them', () => {
    const { predictiveEntropy, mutualInformation } = average();
    predictiveEntropy.forEach((entropy, row) => {
      expect(entropy).toBeCloseTo(averaged.predictiveEntropy[row]!, 10);
    });
    mutualInformation.forEach((information, row) => {
      expect(information).toBeCloseTo(averaged.mutualInformation[row]!, 10);
    });
  });

  test('one pass is itself, and its information is 0', () => {
    const all = averagePredictions(classes);
    const first = Float32Array.from(averaged.passes[0]!);
    all.add(first);
    const { logits, mutualInformation } = all.result();
    softmax(logits, classes).forEach((probability, i) => {
      expect(probability).toBeCloseTo(softmax(first, classes)[i]!, 6);
    });
    expect(Math.max(...mutualInformation)).toBeLessThan(1e-12);
  });

  test('probabilities too small for a float are kept', () => {
    const all = averagePredictions(2);
    all.add(Float32Array.of(0, 2000));
    all.add(Float32Array.of(0, 3000));
    const { loss } = evaluateLogits(all.result().logits, Uint8Array.of(0), ['a', 'b']);
    expect(loss).toBeCloseTo(2000 + Math.log(2), 3);
  });

  test('passes over other images, and none, are refused', () => {
    const all = averagePredictions(2);
    expect(() => all.result()).toThrow('expected at least one pass, received none');
    all.add(Float32Array.of(0, 1));
    expect(() => all.add(Float32Array.of(0, 1, 2, 3))).toThrow(
      'logits: expected 2 values as in the pass before, received 4',
    );
  });
});

describe('rejectionCurve', () => {
  test('as numpy computes it', () => {
    const all = averagePredictions(classes);
    for (const pass of averaged.passes) all.add(Float32Array.from(pass));
    const { points, area } = rejectionCurve(all.result().logits, labels, classes);
    expect(points.map(({ accuracy }) => accuracy)).toEqual(
      reference.rejection.accuracy.map((accuracy) => expect.closeTo(accuracy, 12)),
    );
    expect(points.at(0)!.answered).toBeCloseTo(1 / 60, 12);
    expect(points.at(-1)!.answered).toBe(1);
    expect(area).toBeCloseTo(reference.rejection.area, 12);
  });

  test('by hand: the surest is right, the next wrong, of two alike one', () => {
    const logits = Float32Array.of(9, 0, 0, 5, 1, 0, 1, 0);
    const { points, area } = rejectionCurve(logits, Uint8Array.of(0, 0, 0, 1), 2);
    expect(points).toEqual([
      { answered: 0.25, accuracy: 1 },
      { answered: 0.5, accuracy: 0.5 },
      { answered: 0.75, accuracy: 0.5 },
      { answered: 1, accuracy: 0.5 },
    ]);
    expect(area).toBe(0.625);
    const swapped = Float32Array.of(9, 0, 0, 5, 0, 1, 1, 0);
    expect(rejectionCurve(swapped, Uint8Array.of(0, 0, 0, 0), 2).area).toBe(0.625);
  });

  test('a row with a NaN is answered last, and wrong', () => {
    const { points } = rejectionCurve(Float32Array.of(Number.NaN, 0, 1, 0), Uint8Array.of(0, 0), 2);
    expect(points).toEqual([
      { answered: 0.5, accuracy: 1 },
      { answered: 1, accuracy: 0.5 },
    ]);
  });
});
