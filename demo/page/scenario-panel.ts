import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { ClientStats } from 'rivulet';
import './scenario-panel.css';
import { NEEDS_FAULTS, SCENARIOS } from '../scenarios/scenarios.ts';
import type { Scenario, Stage } from '../scenarios/types.ts';

const INTRODUCTION =
  'Press one, keep shopping, and watch the queue and the ledger below. Nothing is lost, or it says so.';

/** The switches: everything that can go wrong on the way of an event, one press each. */
export class ScenarioPanel extends LitElement {
  static override properties = {
    stage: { attribute: false },
    withFaults: { attribute: false },
    stats: { attribute: false },
    shown: { state: true },
    said: { state: true },
    problem: { state: true },
  };

  declare stage: Stage;
  /** Whether the stations of this pipeline can be broken: those of a real AWS account cannot. */
  declare withFaults: boolean;
  declare stats: ClientStats | undefined;
  /** The scenario whose line is on the page: the last one pressed, or pointed at. */
  declare private shown: Scenario | undefined;
  declare private said: string;
  declare private problem: string | undefined;

  private readonly onFocus = (): void => void this.refresh();

  constructor() {
    super();
    this.withFaults = true;
    this.said = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('focus', this.onFocus);
    void this.refresh();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('focus', this.onFocus);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const offered = SCENARIOS.filter(({ id }) => this.withFaults || !NEEDS_FAULTS.has(id));
    const broken = offered.find(
      (each) => each.kind === 'switch' && each.breaks && each.isOn(this.stage),
    );
    const shown = this.shown ?? broken;
    return html`
      <h2>Pull a plug</h2>
      <ul class="scenarios" role="list">
        ${offered.map((scenario) => this.entry(scenario))}
      </ul>
      <p class="watch-for">
        ${this.problem ?? (shown ? html`<strong>${shown.label}.</strong> ${shown.watchFor}` : INTRODUCTION)}
      </p>
      ${broken ? this.waiting() : nothing}
      <p class="visually-hidden" role="status">${this.said}</p>
    `;
  }

  private entry(scenario: Scenario): TemplateResult {
    const isSwitch = scenario.kind === 'switch';
    const on = isSwitch && scenario.isOn(this.stage);
    const show = (): void => {
      this.shown = scenario;
    };
    return html`
      <li>
        <button
          type="button"
          class="scenario"
          data-scenario=${scenario.id}
          ?data-breaks=${isSwitch && scenario.breaks}
          role=${isSwitch ? 'switch' : nothing}
          aria-checked=${isSwitch ? String(on) : nothing}
          aria-describedby=${`watch-${scenario.id}`}
          @pointerenter=${show}
          @focus=${show}
          @click=${() => this.use(scenario)}
        >
          <span class="mark" aria-hidden="true"></span>${scenario.label}
        </button>
        <span id=${`watch-${scenario.id}`} hidden>${scenario.watchFor}</span>
      </li>
    `;
  }

  /** What closing the browser would mean just now. */
  private waiting(): TemplateResult | typeof nothing {
    const queued = this.stats?.queue.events ?? 0;
    if (queued === 0) return nothing;
    return html`
      <p class="waiting">
        <strong>${queued.toLocaleString('en')} ${queued === 1 ? 'event waits' : 'events wait'}</strong>
        ${this.where()}
      </p>
    `;
  }

  private where(): string {
    if (this.stats?.log === 'indexeddb') return 'on disk, even if you close the browser.';
    return this.stats?.consent === 'pending'
      ? 'in memory only, until the visitor agrees.'
      : 'in memory only: this browser refuses a database.';
  }

  private async use(scenario: Scenario): Promise<void> {
    this.shown = scenario;
    this.problem = undefined;
    try {
      if (scenario.kind === 'press') {
        this.said = await scenario.press(this.stage);
      } else {
        await scenario.turn(this.stage, !scenario.isOn(this.stage));
        this.said = `${scenario.label}: ${scenario.isOn(this.stage) ? 'on' : 'off'}.`;
      }
    } catch {
      this.problem = 'The launcher does not answer. Is npm start still running?';
      this.said = this.problem;
    }
    this.requestUpdate();
  }

  /** Another tab, or the command line, may have turned a fault. */
  private async refresh(): Promise<void> {
    if (!this.withFaults) return;
    try {
      await this.stage.faults.refresh();
      this.requestUpdate();
    } catch {
      // The launcher is gone; the next press says so.
    }
  }
}

customElements.define('scenario-panel', ScenarioPanel);

declare global {
  interface HTMLElementTagNameMap {
    'scenario-panel': ScenarioPanel;
  }
}
