import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { ClientStats } from 'rivulet';
import './scenario-panel.css';
import { NEEDS_LOCAL, SCENARIOS } from '../scenarios/scenarios.ts';
import type { Scenario, Stage } from '../scenarios/types.ts';
import { BEGINNING, DONE, type FirstMinute, lineOf, nextMinute } from './first-minute.ts';

const INTRODUCTION = 'One press each. Point at one to read what to watch for.';

const STEPS = ['Click', 'Pull a plug', 'Put it back'] as const;

/** What a visitor does in the shop, as the client names it. */
const CLICKED = /^(Product|Cart|Checkout|Order|Element) /;

/** The switches: everything that can go wrong on the way of an event, one press each. */
export class ScenarioPanel extends LitElement {
  static override properties = {
    stage: { attribute: false },
    isLocal: { attribute: false },
    stats: { attribute: false },
    lost: { attribute: false },
    shown: { state: true },
    busy: { state: true },
    outcome: { state: true },
    hasClicked: { state: true },
  };

  declare stage: Stage;
  /** Whether the stream is of this machine: the stations of a real AWS account cannot be broken. */
  declare isLocal: boolean;
  declare stats: ClientStats | undefined;
  /** Events that the live view has proven to be lost. */
  declare lost: number;
  /** The scenario whose line is on the page: the last one pressed, or pointed at. */
  declare private shown: Scenario | undefined;
  /** The one that is pressed and not through yet. */
  declare private busy: Scenario | undefined;
  /** What the last press came to. */
  declare private outcome: { readonly of: Scenario; readonly text: string } | undefined;
  declare private hasClicked: boolean;

  private minute: FirstMinute = BEGINNING;
  private stopListening: (() => void) | undefined;
  private readonly onFocus = (): void => void this.refresh();

  constructor() {
    super();
    this.isLocal = true;
    this.lost = 0;
    this.hasClicked = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('focus', this.onFocus);
    this.stopListening = this.stage.client.on('captured', ({ event = '' }) => {
      // A list that is shown is no click.
      if (CLICKED.test(event) && event !== 'Product List Viewed') this.hasClicked = true;
    });
    void this.refresh();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('focus', this.onFocus);
    this.stopListening?.();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const offered = SCENARIOS.filter(({ id }) => this.isLocal || !NEEDS_LOCAL.has(id));
    const broken = offered.find(
      (each) => each.kind === 'switch' && each.breaks && each.isOn(this.stage),
    );
    const queued = this.stats?.queue.events ?? 0;
    const { hasClicked } = this;
    this.minute = nextMinute(this.minute, { hasClicked, isBroken: broken !== undefined, queued });
    return html`
      <div class="heading">
        <h2>Try to lose an event</h2>
        <ol role="list">${STEPS.map((step, at) => this.step(step, at))}</ol>
        <p class="score" ?data-lost=${this.lost > 0}><strong>${this.lost}</strong> lost</p>
      </div>
      <p class="guide">
        ${broken && queued > 0 ? this.waiting(queued) : nothing} ${lineOf(this.minute)}
      </p>
      <ul class="scenarios" role="list">
        ${offered.map((scenario) => this.entry(scenario))}
      </ul>
      <p class="watch-for">${this.watchFor(this.shown ?? broken)}</p>
      <div class="other-tab"></div>
      <p class="visually-hidden" role="status">${this.outcome?.text ?? ''}</p>
    `;
  }

  private step(text: string, at: number): TemplateResult {
    const done = DONE[this.minute.step];
    return html`
      <li ?data-done=${at < done} aria-current=${at === done ? 'step' : nothing}>
        <span aria-hidden="true">${at < done ? '✓' : at + 1}</span>${text}
      </li>
    `;
  }

  private watchFor(shown: Scenario | undefined): TemplateResult | string {
    if (!shown) return INTRODUCTION;
    const text = this.outcome?.of === shown ? this.outcome.text : '';
    return html`<strong>${shown.label}.</strong> ${text} ${shown.watchFor}`;
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
          aria-busy=${this.busy === scenario ? 'true' : nothing}
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
  private waiting(queued: number): TemplateResult {
    return html`
      <span class="waiting">
        <strong>${queued.toLocaleString('en')} ${queued === 1 ? 'event waits' : 'events wait'}</strong>
        ${this.where()}
      </span>
    `;
  }

  private where(): string {
    if (this.stats?.log === 'indexeddb') return 'on disk, even if you close the browser.';
    return this.stats?.consent === 'pending'
      ? 'in memory only, until the visitor agrees.'
      : 'in memory only: this browser refuses a database.';
  }

  private async use(scenario: Scenario): Promise<void> {
    if (this.busy) return;
    this.busy = this.shown = scenario;
    this.outcome = undefined;
    const text = await this.play(scenario).catch((error: unknown) =>
      // What `fetch` throws where nobody listens.
      error instanceof TypeError
        ? 'The launcher does not answer. Is npm start still running?'
        : `It did not work: ${error instanceof Error ? error.message : error}`,
    );
    this.outcome = { of: scenario, text };
    this.busy = undefined;
  }

  private async play(scenario: Scenario): Promise<string> {
    if (scenario.kind === 'press') return scenario.press(this.stage);
    await scenario.turn(this.stage, !scenario.isOn(this.stage));
    return scenario.isOn(this.stage) ? 'On.' : 'Off.';
  }

  /** Another tab, the live view, or the command line may have turned something. */
  private async refresh(): Promise<void> {
    if (!this.isLocal) return;
    try {
      await Promise.all([this.stage.faults.refresh(), this.stage.stream.refresh()]);
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
