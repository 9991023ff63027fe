import type { Client } from 'rivulet';
import './page.css';
import './one-pane.css';
import '../shop/shop.css';
import { SCENARIOS } from '../scenarios/scenarios.ts';
import { routeOf, titleOf } from '../shop/routes.ts';
import { type Connection, connect, readPipeline } from './connection.ts';
import './demo-page.ts';
import { shopCapture } from './shop-capture.ts';

declare global {
  interface Window {
    /** For a console or a test: the client, and every scenario by its id. */
    rivuletDemo?: {
      readonly client: Client;
      /** Presses, or turns a switch over. */
      readonly run: (scenarioId: string) => Promise<void>;
    };
  }
}

// Before anything is captured, so that the first page view carries the right title.
document.title = titleOf(routeOf(new URL(window.location.href)));
const page = document.querySelector('demo-page');
const pipeline = await readPipeline();
const connection = pipeline && connect(pipeline, shopCapture());
if (connection) window.rivuletDemo = handle(connection);
page?.start(connection);

function handle({ client, stage }: Connection): NonNullable<Window['rivuletDemo']> {
  return {
    client,
    async run(scenarioId) {
      const scenario = SCENARIOS.find(({ id }) => id === scenarioId);
      if (!scenario) throw new Error(`scenario: expected a known id, got ${scenarioId}`);
      if (scenario.kind === 'press') await scenario.press(stage);
      else await scenario.turn(stage, !scenario.isOn(stage));
    },
  };
}
