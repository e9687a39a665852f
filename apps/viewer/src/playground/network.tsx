import type { NetworkLayer } from '../shared/compute/playground.ts';
import { count } from '../shared/format.ts';
import './network.css';

interface NetworkProps {
  /** Undefined before the model is open. */
  readonly layers: readonly NetworkLayer[] | undefined;
  /** The dropout rate of the masks; null for that of each layer. */
  readonly rate: number | null;
}

/** The network as it is, from the picture to the classes: its layers, their shapes, and where dropout sits. */
export const Network = ({ layers, rate }: NetworkProps) => (
  <section aria-labelledby="network-title">
    <h2 id="network-title">The network</h2>
    <p class="muted small">
      {layers === undefined
        ? 'Loading the model …'
        : `Its layers from the picture to the classes, with the shape of what each gives: ${count(sumOf(layers))} parameters in all.`}
    </p>
    <ol class="network">
      {layers?.map(({ name, shape, rate: own }) => (
        <li key={name} class={own === undefined ? undefined : 'dropout'}>
          <b>{name}</b>
          <span>{own === undefined ? shape.join(' × ') : `drops ${(rate ?? own).toFixed(2)}`}</span>
        </li>
      ))}
    </ol>
  </section>
);

const sumOf = (layers: readonly NetworkLayer[]): number =>
  layers.reduce((sum, { parameters }) => sum + parameters, 0);
