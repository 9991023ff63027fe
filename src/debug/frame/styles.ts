import type { CSSResultGroup } from 'lit';
import { chartStyles } from '../chart/rate-chart-styles.ts';
import { detailStyles } from '../detail/detail-panel.ts';
import { filterBarStyles } from '../filter/filter-bar.ts';
import { recordRowStyles } from '../records/record-row-styles.ts';
import { recordsStyles } from '../records/records-panel.ts';
import { shardsStyles } from '../stream/shards-panel.ts';
import { bannerStyles } from './banner.ts';
import { dialogStyles } from './dialog.ts';
import { dockHandleStyles } from './dock-handle.ts';
import { firstStepsStyles } from './first-steps.ts';
import { keysStyles } from './keys-help.ts';
import { layout } from './layout.ts';
import { paletteStyles } from './palette.ts';
import { panelStyles } from './panel.ts';
import { summaryStyles } from './summary-bar.ts';
import { toastStyles } from './toast.ts';
import { tokenFormStyles } from './token-form.ts';

/** Every part's rules; the layout comes last, because it decides between parts. */
export const styles: CSSResultGroup = [
  panelStyles,
  summaryStyles,
  filterBarStyles,
  toastStyles,
  bannerStyles,
  dialogStyles,
  dockHandleStyles,
  firstStepsStyles,
  keysStyles,
  paletteStyles,
  tokenFormStyles,
  chartStyles,
  shardsStyles,
  recordsStyles,
  recordRowStyles,
  detailStyles,
  layout,
];
