import type { View } from '../address.ts';
import { show, view } from '../state.ts';

const choices: readonly (readonly [Exclude<View['backend'], 'auto'>, string])[] = [
  ['webgpu', 'WebGPU'],
  ['webgl', 'WebGL'],
  ['wasm', 'WebAssembly'],
  ['cpu', 'JavaScript'],
];

interface BackendSelectProps {
  /** The choice that `auto` makes. */
  readonly auto: string;
  readonly class?: string;
}

/** The choice of a backend, of those that TensorFlow.js has for browsers. */
export const BackendSelect = ({ auto, class: name }: BackendSelectProps) => (
  <label class={name}>
    <span>Compute on</span>
    <select
      value={view.value.backend}
      onChange={({ currentTarget }) => show({ backend: currentTarget.value as View['backend'] })}
    >
      <option value="auto">{auto}</option>
      {choices.map(([value, title]) => (
        <option key={value} value={value}>
          {title}
        </option>
      ))}
    </select>
  </label>
);
