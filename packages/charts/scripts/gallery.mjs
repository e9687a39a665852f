// Every chart, of data made by hand, in both themes: `npm run gallery -- [FILE]`.
import { writeFileSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import {
  channelsChart,
  confusionChart,
  curveChart,
  filtersChart,
  mistakesChart,
  rejectionChart,
  reliabilityChart,
  sweepChart,
  themeDeclarations,
} from '../dist/index.js';

const { document } = parseHTML('<!doctype html><html><body></body></html>');

const epochs = Array.from({ length: 40 }, (_, i) => i + 1);

/** Loss that falls from `start` to `floor` by `rate`, and climbs from epoch `turn` on. */
const losses = (start, floor, rate, { climb = 0, turn = 40 } = {}) =>
  epochs.map(
    (x) => floor + (start - floor) * Math.exp(-rate * (x - 1)) + climb * Math.max(0, x - turn) ** 1.1,
  );
/** Points with a band of about `width` on either side; a little unsteady, as runs are. */
const points = (ys, width = 0) =>
  ys.map((value, i) => {
    const y = value * (1 + 0.012 * Math.sin(i * 2.3) * Math.sign(width));
    const reach = width * (1 + 0.4 * Math.sin(i * 1.7));
    return { x: i + 1, y, band: width === 0 ? undefined : { lower: y - reach, upper: y + reach } };
  });
const arms = [
  {
    ...{ label: 'dropout 0.5', arm: 0, lowest: 38 },
    loss: losses(1.72, 0.72, 0.11),
    training: losses(1.95, 0.78, 0.085),
  },
  {
    ...{ label: 'no dropout', arm: 1, lowest: 11, onset: 11 },
    loss: losses(1.55, 0.83, 0.3, { climb: 0.021, turn: 10 }),
    training: losses(1.7, 0.06, 0.11),
  },
];
const accuracy = (ys, best = 0.99) => ys.map((y) => best - 0.3 * y);
const lossCurves = arms.flatMap(({ label, arm, loss, training, lowest, onset }) => [
  { label, arm, points: points(loss, 0.035), lowest, onset },
  { label, arm, dashed: true, points: points(training, 0.015) },
]);
const accuracyCurves = arms.flatMap(({ label, arm, loss, training, lowest, onset }) => [
  { label, arm, points: points(accuracy(loss), 0.008), lowest, onset },
  { label, arm, dashed: true, points: points(accuracy(training), 0.005) },
]);
const gapCurves = arms.map(({ label, arm, loss, training }) => ({
  label,
  arm,
  points: points(loss.map((y, i) => 0.3 * (y - training[i]))),
}));
const eight = Array.from({ length: 8 }, (_, arm) => ({
  label: `arm ${arm + 1}`,
  arm,
  points: points(accuracy(losses(1.5 + 0.05 * arm, 0.65 + 0.06 * ((arm * 3) % 8), 0.12 + 0.01 * arm))),
}));
const noisy = epochs.map((x) => 1.3 * Math.exp(-0.1 * x) + 0.5 + 0.12 * Math.sin(x * 2.4));
let mean = noisy[0];
const smooth = noisy.map((raw, i) => {
  mean = 0.75 * mean + 0.25 * raw;
  return { x: i + 1, y: mean, raw };
});
const rates = epochs.map((x) => 0.05 * (1 + Math.cos((Math.PI * (x - 1)) / 40)));

const classNames = [
  ...['airplane', 'automobile', 'bird', 'cat', 'deer'],
  ...['dog', 'frog', 'horse', 'ship', 'truck'],
];
const confusion = classNames.map((_, t) =>
  classNames.map((_, p) => {
    if (t === p) return 1000 - 31 * (1 + ((t * 7) % 9));
    const isAlike = (t < 2 || t > 7) === (p < 2 || p > 7);
    return Math.round(
      (isAlike ? 26 : 6) * (1 + ((t * 3 + p * 5) % 4)) * (t + p === 8 && isAlike ? 3 : 1) * 0.5,
    );
  }),
);
const reliability = Array.from({ length: 15 }, (_, b) => {
  const confidence = (b + 0.55) / 15;
  return {
    lower: b / 15,
    upper: (b + 1) / 15,
    count: b < 2 ? 0 : 40 + b * b,
    confidence,
    accuracy: confidence ** 1.35,
  };
});
const rateSweep = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8].map((value, arm) => ({
  value,
  arm,
  metrics: [-0.004, 0.001, 0.005].map((luck) => 0.775 - 0.35 * (value - 0.4) ** 2 + luck * (1 + value)),
}));

/** A disc on a ground, in colours that go with its number. */
const picture = (number) => {
  const size = 32;
  const pixels = Uint8Array.from({ length: size * size * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % size, Math.floor(i / 3 / size), i % 3];
    const isDisc = Math.hypot(x - 10 - number, y - 16) < 6 + (number % 5);
    return isDisc ? 60 + ((number * 53 + c * 71) % 180) : 90 + y * 3 + ((number * 31 + c * 40) % 60);
  });
  return { width: size, height: size, channels: 3, pixels };
};
const mistakes = Array.from({ length: 12 }, (_, i) => ({
  image: 17 * i,
  picture: picture(i),
  actual: classNames[(i * 3) % 10],
  predicted: classNames[(i * 3 + 2) % 10],
  confidence: 0.99 - i * 0.013,
}));
/** Edges and blobs of 5 by 5 pixels in three colours. */
const kernel = {
  name: 'conv2d/kernel',
  shape: [5, 5, 3, 32],
  values: Float32Array.from({ length: 5 * 5 * 3 * 32 }, (_, i) => {
    const [f, c, x, y] = [i % 32, Math.floor(i / 32) % 3, Math.floor(i / 96) % 5, Math.floor(i / 480)];
    const angle = (f * Math.PI) / 16;
    const across = (x - 2) * Math.cos(angle) + (y - 2) * Math.sin(angle);
    return Math.cos(across * (1 + (f % 3) / 2) + f) * (f % 4 === 0 ? [1, 0.2, -0.8][c] : 0.8);
  }),
};
/** Kept or dropped by a rule, as dropout would by chance. */
const mask = {
  shape: [8, 8, 32],
  values: Float32Array.from({ length: 8 * 8 * 32 }, (_, i) => (((i * 2654435761) >>> 16) % 2) * 2),
};
const maps = {
  shape: [12, 12, 32],
  values: Float32Array.from({ length: 12 * 12 * 32 }, (_, i) => {
    const [channel, x, y] = [i % 32, Math.floor(i / 32) % 12, Math.floor(i / 384)];
    return Math.max(0, Math.cos(Math.hypot(x - (channel % 8) - 2, y - channel / 4 - 2) * 0.9));
  }),
};

const curves = (list, options) => curveChart(list, { document, width: 480, ...options }).svg;
const charts = {
  'Loss: bands, lowest validation loss, overfitting': curves(lossCurves, { quantity: 'loss' }),
  Accuracy: curves(accuracyCurves, { quantity: 'accuracy' }),
  'Generalization gap': curves(gapCurves, { quantity: 'gap' }),
  'Eight arms': curves(eight, { quantity: 'accuracy' }),
  'Smoothed, over minutes': curves(
    [{ label: 'dropout 0.5', arm: 0, points: smooth.map(({ x, ...point }) => ({ x: x * 0.41, ...point })) }],
    { quantity: 'loss', xLabel: 'minutes' },
  ),
  'Logarithmic, zoomed': curves(lossCurves, { quantity: 'loss', log: true, from: 5, to: 30 }),
  'Learning rate, as in a page': curves([{ label: 'learning rate', arm: 0, points: points(rates) }], {
    quantity: 'learning rate',
    hasLegend: false,
  }),
  'No epoch yet': curves([], { quantity: 'loss', hasLegend: false }),
  Sweep: sweepChart(rateSweep, {
    document,
    width: 480,
    setting: 'model.dropout.rate',
    title: 'validation accuracy, last epoch',
    unit: 'fraction',
    better: 'higher',
  }),
  Reliability: reliabilityChart(reliability, 0, { document, width: 480 }),
  Rejection: rejectionChart(
    ['plain', 'mean of 30 passes'].map((label, arm) => ({
      label,
      arm,
      points: Array.from({ length: 500 }, (_, i) => (i + 1) / 500).map((answered) => ({
        answered,
        accuracy: 1 - (0.28 - 0.03 * arm) * answered ** (1.6 + 0.3 * arm),
      })),
    })),
    { document, width: 480 },
  ),
  Confusion: confusionChart({ classNames, confusion }, { document, width: 480 }).svg,
  Mistakes: mistakesChart(mistakes, { document, width: 480 }),
  Filters: filtersChart(kernel, { document, width: 480 }),
  'Mask of dropout': channelsChart(mask, { document, width: 480, label: 'a mask of dropout' }),
  'Feature maps': channelsChart(maps, { document, width: 480, label: 'feature maps' }),
  'Feature maps under a mask': channelsChart(
    { ...maps, mask: maps.values.map((_, i) => (((i * 2654435761) >>> 16) % 2) * 2) },
    { document, width: 480, label: 'feature maps under a mask of dropout' },
  ),
};

const section = (theme) => `<section class="${theme}">
<h1>${theme}</h1>
<div>
${Object.entries(charts)
  .map(([title, svg]) => `<figure>\n<figcaption>${title}</figcaption>\n${svg.outerHTML}\n</figure>`)
  .join('\n')}
</div>
</section>`;

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Charts</title>
<style>
${['light', 'dark'].map((theme) => `.${theme} { color-scheme: ${theme}; ${themeDeclarations(theme)} }`).join('\n')}
body { margin: 0; font: 15px/1.5 Inter, system-ui, sans-serif; }
section { padding: 32px; background: var(--paper); color: var(--ink); }
section > div { display: grid; grid-template-columns: repeat(auto-fill, minmax(480px, 1fr)); gap: 40px 32px; }
figure { margin: 0; }
figcaption { margin-bottom: 12px; color: var(--muted); }
svg { display: block; }
</style>
</head>
<body>
${section('light')}
${section('dark')}
</body>
</html>
`;

const file = process.argv[2] ?? 'gallery.html';
writeFileSync(file, page);
process.stdout.write(`${file}: ${Object.keys(charts).length} charts, light and dark\n`);
