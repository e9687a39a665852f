import { useState } from 'preact/hooks';
import { announce } from './announcements.tsx';

/** Copies the address of the view as it is: it has all that the page shows. */
export const ShareButton = () => {
  const [word, setWord] = useState('Share');
  const copy = async (): Promise<void> => {
    try {
      // Pages without TLS on other machines have no clipboard.
      await navigator.clipboard.writeText(location.href);
      setWord('Address copied');
      announce('Address copied');
    } catch {
      setWord('Copy it from above');
    }
    setTimeout(() => setWord('Share'), 3000);
  };
  return (
    <button type="button" class="button" title="Copies the address of what is shown" onClick={copy}>
      {word}
    </button>
  );
};
