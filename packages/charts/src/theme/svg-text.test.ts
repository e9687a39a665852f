import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { document } from '../drawn.testing.ts';
import { append } from '../parts/frame.ts';
import { emptySvg } from '../parts/picture.ts';
import { svgText } from './svg-text.ts';

const parse = (xml: string): { readonly label: string; readonly text: string } => {
  const found = { label: '', text: '' };
  const parser = new SaxesParser({ xmlns: true });
  parser.on('text', (text) => {
    found.text += text;
  });
  parser.on('opentag', ({ attributes, uri }) => {
    expect(uri).toBe('http://www.w3.org/2000/svg');
    found.label += attributes['aria-label']?.value ?? '';
  });
  parser.write(xml).close();
  return found;
};

const ascii = String.fromCharCode(...Array.from({ length: 0x7f - 0x20 }, (_, i) => 0x20 + i));

test.each([
  [ascii, ascii],
  [']]> <![CDATA[a]]> <!-- b -->', ']]> <![CDATA[a]]> <!-- b -->'],
  ['&amp;\u00a0&nbsp;', '&amp;\u00a0&nbsp;'],
  ['tab\tand\nline', 'tab\tand\nline'],
  ['🎲 نسبة שלום', '🎲 نسبة שלום'],
  ['\u0000\u0007\u001b\u000b\ufffe\uffff', '\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd'],
  ['lone \ud83c and \udfb2', 'lone \ufffd and \ufffd'],
])('%j is read by an XML parser as %j', (text, expected) => {
  const svg = emptySvg({ document }, 10, 10);
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  append(svg, 'text', { 'aria-label': text }).textContent = text;
  append(svg, 'g', {});
  expect(parse(svgText(svg))).toEqual({ label: expected, text: expected });
});
