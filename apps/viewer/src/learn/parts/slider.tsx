import './slider.css';

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The value in words. */
  readonly text: string;
  readonly disabled?: boolean;
  readonly onInput: (value: number) => void;
}

/** The one thing to move in a step. */
export const Slider = ({ label, text, onInput, ...range }: SliderProps) => (
  <label class="slider">
    <span>{label}</span>
    <input
      type="range"
      {...range}
      aria-valuetext={text}
      onInput={({ currentTarget }) => onInput(currentTarget.valueAsNumber)}
    />
    {/* No output: its changes would be announced beside the slider's own. */}
    <b aria-hidden="true">{text}</b>
  </label>
);
