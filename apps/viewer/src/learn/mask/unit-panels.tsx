import { useMemo } from 'preact/hooks';
import type { MaskedLayer } from '../../shared/compute/lesson.ts';
import { useAnnounced } from '../../shared/controls/announcements.tsx';
import { PixelCanvas } from '../../shared/controls/pixel-canvas.tsx';
import { decimal } from '../../shared/format.ts';
import { indexOfUnit, mapPixels, type Unit } from './units.ts';
import './unit-panels.css';

interface UnitPanelsProps {
  readonly layer: MaskedLayer;
  readonly unit: Unit;
  readonly onUnit: (unit: Unit) => void;
}

const arrows: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** One map, its mask and their product, with the number of one unit below each: an equation. */
export const UnitPanels = ({ layer, unit, onUnit }: UnitPanelsProps) => {
  const [height, width] = layer.shape;
  const at = indexOfUnit(layer, unit);
  const [value, factor] = [layer.units[at]!, layer.mask[at]!];
  const move = (event: KeyboardEvent): void => {
    const by = arrows[event.key];
    if (!by) return;
    event.preventDefault();
    const clamp = (to: number, size: number): number => Math.min(size - 1, Math.max(0, to));
    onUnit({ ...unit, row: clamp(unit.row + by[0], height), column: clamp(unit.column + by[1], width) });
  };
  const panel = { layer, unit, onUnit };
  useAnnounced(
    `Row ${unit.row + 1}, column ${unit.column + 1}: ${decimal(value, 2)} times ${decimal(factor, 2)} is ${decimal(value * factor, 2)}, ${factor === 0 ? 'dropped' : 'kept'}`,
  );
  return (
    <div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div
        class="unit-panels"
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move from unit to unit
        tabIndex={0}
        aria-label="Units of a map: arrow keys go from one to the next"
        onKeyDown={move}
      >
        <Panel {...panel} part="units" title={`map ${unit.map + 1}`} number={decimal(value, 2)} />
        <span class="unit-sign">×</span>
        <Panel {...panel} part="mask" title="mask" number={factor === 0 ? '0' : decimal(factor, 2)} />
        <span class="unit-sign">=</span>
        <Panel {...panel} part="product" title="what goes on" number={decimal(value * factor, 2)} />
      </div>
    </div>
  );
};

interface PanelProps extends UnitPanelsProps {
  readonly part: 'units' | 'mask' | 'product';
  readonly title: string;
  /** The unit's. */
  readonly number: string;
}

const Panel = ({ layer, unit, onUnit, part, title, number }: PanelProps) => {
  const [height, width] = layer.shape;
  const pixels = useMemo(() => mapPixels(layer, unit.map, part), [layer, unit.map, part]);
  const point = ({ clientX, clientY, currentTarget }: PointerEvent): void => {
    const box = (currentTarget as HTMLElement).getBoundingClientRect();
    const place = (share: number, size: number): number =>
      Math.min(size - 1, Math.max(0, Math.floor(share * size)));
    onUnit({
      map: unit.map,
      row: place((clientY - box.top) / box.height, height),
      column: place((clientX - box.left) / box.width, width),
    });
  };
  return (
    <figure class="unit-panel">
      <div class="unit-grid" onPointerMove={point} onPointerDown={point}>
        <PixelCanvas class="pixels" width={width} height={height} pixels={pixels} label={title} />
        <span
          class="unit-cursor"
          style={{
            left: `${(100 * unit.column) / width}%`,
            top: `${(100 * unit.row) / height}%`,
            width: `${100 / width}%`,
            height: `${100 / height}%`,
          }}
        />
      </div>
      <figcaption>
        <b>{number}</b>
        <span>{title}</span>
      </figcaption>
    </figure>
  );
};
