/** Has the browser save something as a file. */
export const download = (content: Blob, name: string): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has the address by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};

/** A drawing of the page as a file of its own: colours and font are written out, for the page's styles are not in it. */
export const standaloneSvg = (svg: SVGSVGElement): string => {
  const styles = getComputedStyle(document.documentElement);
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const paper = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ width: '100%', height: '100%', fill: 'var(--paper)' })) {
    paper.setAttribute(name, value);
  }
  copy.prepend(paper);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('font-family', 'system-ui, sans-serif');
  copy.setAttribute('font-size', '11');
  copy.setAttribute('color', styles.color);
  const probe = document.createElement('span');
  document.body.append(probe);
  const resolved = new XMLSerializer().serializeToString(copy).replaceAll(/var\((--[\w-]+)\)/g, (_, name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return resolved;
};

/** Twice the size of the page's, for print and projectors. */
const PIXELS = 2;

/** Paints a standalone SVG. */
export const pngOf = async (text: string, { clientWidth, clientHeight }: SVGSVGElement): Promise<Blob> => {
  const image = new Image(clientWidth, clientHeight);
  const address = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = clientWidth * PIXELS;
    canvas.height = clientHeight * PIXELS;
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
