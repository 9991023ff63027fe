import type { CSSResultGroup } from 'lit';
import { detailStyles } from './detail-panel.ts';
import { jsonStyles } from './json-view.ts';
import { layout } from './layout.ts';
import { ledgerStyles } from './ledger-panel.ts';
import { panelStyles } from './panel.ts';
import { queueStyles } from './queue-panel.ts';
import { chartStyles } from './rate-chart.ts';
import { recordRowStyles } from './record-row-styles.ts';
import { recordsStyles } from './records-panel.ts';
import { shardsStyles } from './shards-panel.ts';
import { summaryStyles } from './summary-bar.ts';
import { tokens } from './tokens.ts';

/** Every part's rules; the layout comes last, because it decides between parts. */
export const styles: CSSResultGroup = [
  tokens,
  panelStyles,
  summaryStyles,
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
