import { weightNorms } from '@dropout-lab/metrics';
import { decimal, percent } from '../shared/format.ts';
import type { LoadedModel } from '../shared/runs/run-files.ts';
import { axesOf, KERNEL } from './norm-axes.ts';
import './norms.css';

/** The norms of the incoming weights of each layer's units, against their limits. */
export const Norms = ({ model: { weights, limits } }: { readonly model: LoadedModel }) => {
  const rows = weights
    .filter(({ name }) => KERNEL.test(name))
    .map((kernel) => {
      const name = kernel.name.replace(KERNEL, '');
      const kernelLimit = limits.get(name);
      const limit = kernelLimit?.limit;
      const norms = [...weightNorms(kernel, axesOf(kernelLimit, kernel.shape.length))].sort((a, b) => a - b);
      const at = (share: number) => norms[Math.round(share * (norms.length - 1))]!;
      // A norm at the limit is below it by the epsilon of the constraint.
      const atLimit =
        limit === undefined ? undefined : norms.filter((norm) => norm > limit * 0.999).length / norms.length;
      return { name, limit, lowest: at(0), median: at(0.5), highest: at(1), atLimit };
    });
  const all = [...new Set(rows.flatMap(({ limit }) => limit ?? []))];
  const most = Math.max(...all, ...rows.map(({ highest }) => highest)) * 1.05;
  return (
    <div>
      <h3>Norms of incoming weights</h3>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">
              Lowest, median, highest{all.length === 0 ? '' : ` · limit ${all.join(' or ')}`}
            </th>
            {all.length > 0 && <th scope="col">At the limit</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, limit, lowest, median, highest, atLimit }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <span class="range-bar" aria-hidden="true">
                  <span
                    class="extent"
                    style={{
                      left: `${(lowest / most) * 100}%`,
                      width: `${((highest - lowest) / most) * 100}%`,
                    }}
                  />
                  <span class="median" style={{ left: `${(median / most) * 100}%` }} />
                  {limit !== undefined && <span class="limit" style={{ left: `${(limit / most) * 100}%` }} />}
                </span>
                {`${decimal(lowest, 2)}, ${decimal(median, 2)}, ${decimal(highest, 2)}`}
              </td>
              {all.length > 0 && <td>{percent(atLimit, 0)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
