import type { CSSResultGroup } from 'lit';
import { chartStyles } from '../chart/rate-chart.ts';
import { detailStyles } from '../detail/detail-panel.ts';
import { jsonStyles } from '../detail/json-view.ts';
import { filterBarStyles } from '../filter/filter-bar.ts';
import { ledgerStyles } from '../ledger/ledger-panel.ts';
import { queueStyles } from '../page/queue-panel.ts';
import { recordRowStyles } from '../records/record-row-styles.ts';
import { recordsStyles } from '../records/records-panel.ts';
import { shardsStyles } from '../stream/shards-panel.ts';
import { layout } from './layout.ts';
import { panelStyles } from './panel.ts';
import { summaryStyles } from './summary-bar.ts';
import { toastStyles } from './toast.ts';
import { tokens } from './tokens.ts';

/** Every part's rules; the layout comes last, because it decides between parts. */
export const styles: CSSResultGroup = [
  tokens,
  panelStyles,
  summaryStyles,
  filterBarStyles,
  toastStyles,
  chartStyles,
  shardsStyles,
  recordsStyles,
  recordRowStyles,
  detailStyles,
  jsonStyles,
  queueStyles,
  ledgerStyles,
  layout,
];
