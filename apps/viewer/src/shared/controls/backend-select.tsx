import type { View } from '../address.ts';
import { show, view } from '../state.ts';

const choices: readonly (readonly [Exclude<View['backend'], 'auto'>, string])[] = [
  ['webgpu', 'WebGPU'],
  ['webgl', 'WebGL'],
  ['wasm', 'WebAssembly'],
  ['cpu', 'JavaScript'],
];

interface BackendSelectProps {
  /** What `auto` is. */
  readonly auto: string;
  readonly class?: string;
}

/** What computes, of all that TensorFlow.js has for browsers. */
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
