/** Saves something as a file of the browser's downloads. */
export const download = (content: Blob, name: string): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has the address by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};

/** Twice the size of the page's, for print and projectors. */
const PIXELS = 2;

/** Paints a standalone SVG as PNG. */
export const pngOf = async (svg: Blob): Promise<Blob> => {
  const image = new Image();
  const address = URL.createObjectURL(svg);
  try {
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth * PIXELS;
    canvas.height = image.naturalHeight * PIXELS;
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error('the browser made no PNG'))),
        'image/png',
      ),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
};
