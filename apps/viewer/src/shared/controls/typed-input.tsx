import type { PartialInputHTMLAttributes } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

interface TypedInputProps
  extends Omit<
    PartialInputHTMLAttributes<HTMLInputElement>,
    'role' | 'type' | 'value' | 'onInput' | 'onChange' | 'onFocus' | 'onBlur'
  > {
  readonly type: 'text' | 'number' | 'search';
  /** Shown while nobody types in the field. */
  readonly text: string;
  /**
   * Called with every text that is typed, `NaN` for one that is no number where one is expected. `isDone` when it is left
   * or sent off: what is not yet possible may become so until then.
   */
  readonly onText: (text: string, isDone: boolean) => void;
}

/**
 * A field for text or a number. While a person is in it, nothing is written into it: pages are drawn again with every event
 * of a run, and what is typed on the way to a number may be no number yet.
 */
export const TypedInput = ({ type, text, onText, ...attributes }: TypedInputProps) => {
  const input = useRef<HTMLInputElement>(null);
  const [isTyped, setTyped] = useState(false);
  useLayoutEffect(() => {
    const field = input.current!;
    const isRefused = field.validity.badInput && text === NOT_A_NUMBER;
    if (!isTyped && !isRefused && field.value !== text) field.value = text;
  }, [text, isTyped]);
  return (
    <input
      {...attributes}
      // The types of Preact know the attributes of one kind of field at a time.
      type={type as 'number'}
      ref={input}
      onInput={({ currentTarget }) => {
        setTyped(currentTarget === document.activeElement);
        onText(textOf(currentTarget), false);
      }}
      onChange={({ currentTarget }) => onText(textOf(currentTarget), true)}
      onBlur={() => setTyped(false)}
    />
  );
};

const NOT_A_NUMBER = 'NaN';

/** The browser does not give scripts a text that is not a number. */
const textOf = ({ value, validity }: HTMLInputElement): string =>
  validity.badInput ? NOT_A_NUMBER : value.trim();
