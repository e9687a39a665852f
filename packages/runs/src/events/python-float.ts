/** A number as Python prints a float: `1.0`, `1e-05`, `nan`. Both languages choose the same digits. */
export const pythonFloat = (value: number): string => {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    const [digits, sign, exponent] = value.toExponential().split(/e([+-])/);
    return `${digits}e${sign}${exponent!.padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
};
