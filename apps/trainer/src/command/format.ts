import type { RunEvent } from '@dropout-lab/contracts';

type EventOf<Kind> = Extract<RunEvent, { kind: Kind }>;

/** Returns a metric as Keras prints it: `0.7531`. */
export const formatMetric = (value: number | undefined): string =>
  value === undefined ? 'n/a' : value.toFixed(4);

/** `8s`, `3m 20s`, `1h 05m`. */
export const duration = (seconds: number): string => {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(whole / 3600)}h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')}m`;
};

/**
 * The live line: `Epoch 3/55 [=====>    ] 80/160 - run ETA 19m 02s - loss: 1.4311 - accuracy: 0.4812 - 1990 img/s`. What may
 * be left out where there is little room comes last.
 *
 * @param etaSeconds Of the whole run; undefined while there is no estimate.
 */
export const stepLine = (event: EventOf<'step'>, epochs: number, etaSeconds: number | undefined): string => {
  const { epoch, stepInEpoch, stepsPerEpoch, imagesPerSecond, loss, accuracy } = event;
  return [
    `Epoch ${epoch}/${epochs} ${bar(stepInEpoch / stepsPerEpoch)} ${stepInEpoch}/${stepsPerEpoch}`,
    `run ETA ${etaSeconds === undefined ? '?' : duration(etaSeconds)}`,
    `loss: ${formatMetric(loss)}`,
    `accuracy: ${formatMetric(accuracy)}`,
    `${Math.round(imagesPerSecond)} img/s`,
  ].join(' - ');
};

/** As Keras with `verbose=2`: `Epoch 3/55 - 21s - loss: 1.4311 - accuracy: 0.4812 - val_loss: … - val_accuracy: …`. */
export const epochLine = ({ epoch, seconds, logs }: EventOf<'epoch'>, epochs: number): string => {
  const metrics = [
    ['loss', logs.loss],
    ['accuracy', logs.accuracy],
    ['val_loss', logs.val_loss],
    ['val_accuracy', logs.val_accuracy],
  ] as const;
  const shown = metrics.filter(([, value]) => value !== undefined);
  return [
    `Epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`,
    `${seconds.toFixed(1)}s`,
    ...shown.map(([name, value]) => `${name}: ${formatMetric(value)}`),
  ].join(' - ');
};

/** `[=====>    ]`, `fraction` of it full. */
export const bar = (fraction: number, width = 24): string => {
  const full = Math.round(Math.min(1, fraction) * width);
  return `[${full < width ? `${'='.repeat(full)}>`.padEnd(width) : '='.repeat(width)}]`;
};

const BAR = /\[=*>? *\] /;

/**
 * Returns a line of at most `columns` characters: without its bar, then without its last parts, which ` - ` separates, and
 * at last without words at its end, but never with half a word, unless the first is longer than all.
 */
export const fitted = (line: string, columns: number): string => {
  const fits = (text: string): boolean => text.length <= columns;
  if (fits(line)) return line;
  const parts = line.replace(BAR, '').split(' - ');
  while (parts.length > 1 && !fits(parts.join(' - '))) parts.pop();
  const words = parts.join(' - ').split(' ');
  if (fits(words.join(' '))) return words.join(' ');
  while (words.length > 1 && !fits(`${words.join(' ')} …`)) words.pop();
  const rest = `${words.join(' ')} …`;
  return fits(rest) ? rest : `${rest.slice(0, Math.max(0, columns - 1))}…`;
};

/** Breaks a line into lines of at most `columns` characters before its parts, which ` - ` separates. */
export const broken = (line: string, columns: number): string => {
  const [first, ...parts] = line.split(' - ');
  const lines = [first!];
  for (const part of parts) {
    const longer = `${lines.at(-1)} - ${part}`;
    if (longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(`  - ${part}`);
  }
  return lines.join('\n');
};

/** `12.3 MB`. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
