import { effect, signal } from '@preact/signals';
import './theme-switch.css';

const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

const KEY = 'dropout-lab/theme';

const stored = (): Theme => {
  try {
    return themes.find((theme) => theme === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    return 'system';
  }
};

const theme = signal<Theme>(stored());

effect(() => {
  if (theme.value === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
});

const names: Readonly<Record<Theme, string>> = { system: 'Auto', light: 'Light', dark: 'Dark' };

/** The choice of colours: light, dark, or those of the system. */
export const ThemeSwitch = () => (
  <label class="theme">
    <span class="hidden">Colours</span>
    <select
      value={theme.value}
      onChange={({ currentTarget }) => {
        theme.value = currentTarget.value as Theme;
        try {
          localStorage.setItem(KEY, theme.value);
        } catch {
          // A browser that stores nothing uses it until the page is closed.
        }
      }}
    >
      {themes.map((name) => (
        <option key={name} value={name}>
          {names[name]}
        </option>
      ))}
    </select>
  </label>
);
