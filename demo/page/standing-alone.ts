import { html, type TemplateResult } from 'lit';

/** In place of the live view where no pipeline is behind the page. */
export const standingAlone: TemplateResult = html`
  <section class="alone">
    <h2>The water is turned off</h2>
    <p>
      This copy of the page stands alone: there is no relay and no stream behind it, so the shop works
      and nothing is captured. To see the whole way of an event, run it on your machine:
    </p>
    <pre tabindex="0"><code>npm ci
npm start</code></pre>
    <p>That starts a local Kinesis stream, the relay, and this page. It needs no account.</p>
  </section>
`;
