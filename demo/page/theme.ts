const KEY = 'demo.theme';

export type Theme = 'light' | 'dark';

/** The chosen theme, else the system's. */
export function currentTheme(): Theme {
  const { colorScheme } = document.documentElement.style;
  if (colorScheme === 'light' || colorScheme === 'dark') return colorScheme;
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** `light-dark()` follows `color-scheme`, also inside the live view's shadow. index.html reads the choice back. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.style.colorScheme = theme;
  try {
    window.localStorage.setItem(KEY, theme);
  } catch {
    // Storage is refused: the choice lives as long as the page.
  }
}
