import { type RejectionLine, rejectionChart, standaloneSvg } from '@dropout-lab/charts';
import { rejectionCurve } from '@dropout-lab/metrics';
import { parseHTML } from 'linkedom';
import type { Way } from './uncertainty.ts';

/** The rejection curves of all ways, as a file of its own. */
export const rejectionSvg = (ways: readonly Way[], numClasses: number): string => {
  const lines = ways.map(
    ({ name, logits, labels }, arm): RejectionLine => ({
      label: name,
      arm,
      points: rejectionCurve(logits, labels, numClasses).points,
    }),
  );
  const { document } = parseHTML('<html></html>');
  return standaloneSvg(rejectionChart(lines, { document, width: 560 }), 'light');
};
