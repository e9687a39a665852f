import { useEffect } from 'preact/hooks';

/** Calls `take` with every image that is pasted into the page. */
export const usePastedImage = (take: (image: Blob | undefined) => void): void => {
  useEffect(() => {
    const onPaste = ({ clipboardData }: ClipboardEvent): void => {
      const files = [...(clipboardData?.files ?? [])];
      take(files.find(({ type }) => type.startsWith('image/')));
    };
    addEventListener('paste', onPaste);
    return () => removeEventListener('paste', onPaste);
  });
};
