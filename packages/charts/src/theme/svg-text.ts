import serialize from 'w3c-xmlserializer';

/** Characters that no XML file can have, however they are written. */
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const ELEMENT = 1;
const TEXT = 3;

/**
 * Returns a chart as XML, which a file of SVG is, and which a page of HTML can have in it too. A character that XML does not
 * allow becomes U+FFFD.
 *
 * @param written Returns the value that the text has for an attribute; its own by default.
 */
export const svgText = (
  svg: SVGSVGElement,
  written: (name: string, value: string) => string = (_, value) => value,
): string => serialize(nodeOf(svg, written) as unknown as Node, { requireWellFormed: true });

/** Not every DOM has what the serializer looks at: linkedom's attributes are in no namespace, not even in none. */
const nodeOf = (node: Node, written: (name: string, value: string) => string): object => {
  if (node.nodeType !== ELEMENT) return { nodeType: TEXT, data: allowed(node.textContent ?? '') };
  const element = node as Element;
  const { namespaceURI, localName, childNodes } = element;
  return {
    ...{ nodeType: ELEMENT, namespaceURI, localName, prefix: null },
    attributes: element
      .getAttributeNames()
      // The serializer writes it, from the element's namespace.
      .filter((name) => name !== 'xmlns')
      .map((name) => ({
        ...{ namespaceURI: null, localName: name, prefix: null },
        value: allowed(written(name, element.getAttribute(name)!)),
      })),
    childNodes: [...childNodes].map((child) => nodeOf(child, written)),
  };
};

const allowed = (text: string): string => text.replaceAll(NOT_IN_XML, '\uFFFD');
