/** The shop's drawings: flat shapes in one palette (`--art-*`, set by shop.css). Decoration: the product's name stands beside each. */
import { html, svg, type TemplateResult } from 'lit';

const waves = svg`
  <path class="wave" d="M18 158q14-11 28 0t28 0 28 0 28 0 28 0 28 0" />
  <path class="wave faint" d="M40 173q12-9 24 0t24 0 24 0 24 0 24 0" />`;

const rain = svg`
  <path class="rain" d="M44 34l-5 14M150 26l-5 14M172 60l-5 14M26 74l-5 14" />`;

const drawings: Readonly<Record<string, TemplateResult<2>>> = {
  'paper-boat': svg`
    <path fill="var(--art-cream-shade)" d="M98 44v66H48Z" />
    <path fill="var(--art-cream)" d="M98 44l52 66H98Z" />
    <path fill="var(--art-cream)" d="M30 104l70 18 70-18-22 44q-3 6-9 6H61q-6 0-9-6Z" />
    <path fill="var(--art-cream-shade)" d="M30 104l70 18-24 32H61q-6 0-9-6Z" />
    ${waves}`,
  umbrella: svg`
    ${rain}
    <path stroke="var(--art-ink)" stroke-width="5" d="M100 96v66a11 11 0 0 1-22 0" />
    <path stroke="var(--art-ink)" stroke-width="5" d="M100 28v14" />
    <path fill="var(--art-water)" d="M26 112a74 74 0 0 1 148 0q-12-13-25 0-12-13-24 0-13-14-25 0-13-14-25 0-12-13-24 0-13-13-25 0Z" />
    <path fill="var(--art-deep)" d="M100 38c-24 12-37 42-49 74 12-13 24 0 24 0 4-34 12-60 25-74Z" />
    <path fill="var(--art-light)" d="M100 38c13 14 21 40 25 74 12-13 24 0 24 0-12-32-25-62-49-74Z" opacity=".55" />`,
  wellingtons: svg`
    <path fill="var(--art-moss-shade)" d="M52 36h34v70c0 7 4 10 10 12l22 7c9 3 12 9 12 17v4H52Z" />
    <rect fill="var(--art-ink)" x="50" y="144" width="82" height="10" rx="4" />
    <path fill="var(--art-moss)" d="M84 46h36v70c0 7 4 10 10 12l24 8c9 3 12 9 12 18v4H84Z" />
    <rect fill="var(--art-yellow)" x="81" y="42" width="42" height="13" rx="5" />
    <rect fill="var(--art-ink)" x="82" y="156" width="86" height="11" rx="5" />
    <path stroke="var(--art-moss-shade)" stroke-width="4" d="M92 104h20M92 116h24" />
    <path class="wave faint" d="M22 178q12-9 24 0t24 0 24 0 24 0 24 0 24 0" />`,
  'rain-gauge': svg`
    ${rain}
    <rect fill="var(--art-wood)" x="116" y="58" width="14" height="118" rx="3" />
    <rect fill="var(--art-glass)" x="72" y="36" width="42" height="124" rx="14" />
    <path fill="var(--art-water)" d="M76 100q10-7 19 0t15 0v44a12 12 0 0 1-12 12H88a12 12 0 0 1-12-12Z" />
    <path fill="var(--art-light)" opacity=".8" d="M80 48a6 6 0 0 1 6-6v50h-6Z" />
    <path stroke="var(--art-ink)" stroke-width="3" d="M114 58h-12M114 72h-8M114 86h-12M114 100h-8M114 114h-12M114 128h-8M114 142h-12" />
    <rect fill="var(--art-ink)" x="68" y="78" width="66" height="7" rx="3" />
    <path class="ground" d="M50 176h110" />`,
  'message-bottle': svg`
    <g transform="rotate(24 100 96)">
      <path fill="var(--art-moss)" opacity=".85" d="M86 34h28v26c0 8 18 14 18 36v54a14 14 0 0 1-14 14H82a14 14 0 0 1-14-14V96c0-22 18-28 18-36Z" />
      <rect fill="var(--art-cream)" x="82" y="92" width="36" height="58" rx="6" />
      <rect fill="var(--art-cream-shade)" x="82" y="92" width="11" height="58" rx="5" />
      <rect fill="var(--art-clay)" x="80" y="116" width="40" height="7" />
      <rect fill="var(--art-moss-shade)" x="82" y="34" width="36" height="12" rx="5" />
      <rect fill="var(--art-wood)" x="89" y="18" width="22" height="20" rx="4" />
      <path stroke="var(--art-light)" stroke-width="5" opacity=".7" d="M124 100v40" />
    </g>
    ${waves}`,
  souwester: svg`
    ${rain}
    <path fill="var(--art-yellow-shade)" d="M28 140c8-30 46-42 76-42s62 8 72 30c3 8-2 14-10 13-44-8-90-6-124 10-9 4-16-2-14-11Z" />
    <path fill="var(--art-yellow)" d="M58 116c-2-44 20-70 46-70s46 28 46 66c-30-8-66-6-92 4Z" />
    <path fill="var(--art-yellow-shade)" opacity=".65" d="M104 46c-14 8-24 34-23 63 12-2 24-3 36-2 1-26-3-50-13-61Z" />
    <path stroke="var(--art-ink)" stroke-width="5" d="M58 116c28-10 62-12 92-4" />
    <path stroke="var(--art-ink)" stroke-width="3.5" d="M66 140c2 22 16 34 34 34s30-12 32-38" />`,
  paddle: svg`
    <g transform="rotate(-32 100 100)">
      <rect fill="var(--art-wood)" x="95" y="16" width="10" height="96" rx="4" />
      <rect fill="var(--art-wood-shade)" x="83" y="10" width="34" height="13" rx="6.5" />
      <path fill="var(--art-wood)" d="M93 94h14c14 12 19 36 15 60-3 18-10 28-22 28s-19-10-22-28c-4-24 1-48 15-60Z" />
      <path fill="var(--art-clay)" d="M77 140h46q0 8-1 14c-3 18-10 28-22 28s-19-10-22-28q-1-6-1-14Z" />
      <path stroke="var(--art-wood-shade)" stroke-width="4" d="M100 100v38" />
      <path stroke="var(--art-cream)" stroke-width="5" d="M77 133h46" />
    </g>
    <path class="wave faint" d="M22 176q12-9 24 0t24 0 24 0 24 0 24 0 24 0" />`,
  flask: svg`
    <path stroke="var(--art-ink)" stroke-width="6" d="M134 84c26-4 30 52 0 56" />
    <rect fill="var(--art-deep)" x="64" y="62" width="72" height="108" rx="16" />
    <path fill="var(--art-water)" d="M64 106q12-9 24 0t24 0 24 0v30q-12-9-24 0t-24 0-24 0Z" />
    <rect fill="var(--art-ink)" x="78" y="52" width="44" height="14" />
    <path fill="var(--art-cream)" d="M72 28a6 6 0 0 1 6-6h44a6 6 0 0 1 6 6l4 26a6 6 0 0 1-6 6H74a6 6 0 0 1-6-6Z" />
    <path fill="var(--art-cream-shade)" d="M72 28a6 6 0 0 1 6-6h10l-6 38h-8a6 6 0 0 1-6-6Z" />
    <path stroke="var(--art-light)" stroke-width="5" opacity=".5" d="M76 80v14M76 146v10" />
    <path class="ground" d="M44 174h112" />`,
  lantern: svg`
    <circle fill="var(--art-yellow)" opacity=".22" cx="100" cy="116" r="66" />
    <path stroke="var(--art-ink)" stroke-width="5" d="M70 76c-4-60 64-60 60 0" />
    <rect fill="var(--art-wood-shade)" x="89" y="42" width="22" height="16" rx="3" />
    <path fill="var(--art-wood)" d="M84 56h32l20 28H64Z" />
    <rect fill="var(--art-glass)" x="71" y="84" width="58" height="66" rx="8" />
    <path fill="var(--art-yellow)" d="M100 94c14 16 16 26 12 36a13 13 0 0 1-24 0c-4-10 0-16 5-20 4-4 7-9 7-16Z" />
    <path fill="var(--art-clay)" d="M100 118c6 8 7 12 5 17a5.5 5.5 0 0 1-10 0c-2-6 3-9 5-17Z" />
    <path stroke="var(--art-wood-shade)" stroke-width="4" d="M80 84v66M120 84v66" />
    <rect fill="var(--art-wood)" x="62" y="148" width="76" height="16" rx="5" />
    <path class="ground" d="M40 168h120" />`,
  'skipping-stones': svg`
    <ellipse fill="var(--art-stone)" cx="100" cy="150" rx="56" ry="17" />
    <ellipse fill="var(--art-stone-shade)" cx="96" cy="122" rx="46" ry="15" />
    <ellipse fill="var(--art-stone-light)" cx="104" cy="97" rx="36" ry="13" />
    <ellipse fill="var(--art-water)" cx="98" cy="75" rx="27" ry="11" />
    <ellipse fill="var(--art-stone)" cx="102" cy="56" rx="18" ry="9" />
    <path stroke="var(--art-light)" stroke-width="4" opacity=".55" d="M62 146q16-9 36-9M66 118q12-7 26-7M84 93q8-5 20-5" />
    <path class="wave faint" d="M22 172q12-9 24 0t24 0 24 0 24 0 24 0 24 0" />`,
  'pond-net': svg`
    <path stroke="var(--art-wood)" stroke-width="8" d="M36 170l62-78" />
    <path fill="var(--art-glass)" d="M88 92c10 44 34 62 48 60 14-1 24-32 26-80Z" />
    <path stroke="var(--art-ink)" stroke-width="1.8" opacity=".55" d="M98 90c8 32 22 52 36 60M114 86c6 30 12 48 22 62M132 80c4 30 4 50 4 70M148 76c-2 30-6 52-12 74M92 106q34 4 68-14M98 122q30 4 58-14M110 138q24 2 42-14" />
    <g fill="var(--art-clay)"><path d="M116 116c8-9 22-9 30-1-8 9-22 10-30 1Z" /><path d="M118 116l-12-7 2 8-4 7Z" /></g>
    <ellipse stroke="var(--art-wood-shade)" stroke-width="7" cx="126" cy="80" rx="42" ry="17" transform="rotate(-14 126 80)" />
    <path class="wave faint" d="M60 178q12-9 24 0t24 0 24 0 24 0" />`,
  notebook: svg`
    <g transform="rotate(-8 100 100)">
      <rect fill="var(--art-cream-shade)" x="58" y="34" width="94" height="132" rx="8" />
      <rect fill="var(--art-cream)" x="54" y="32" width="94" height="132" rx="8" />
      <rect fill="var(--art-water)" x="48" y="30" width="94" height="132" rx="8" />
      <path fill="var(--art-deep)" d="M56 30h10v132H56a8 8 0 0 1-8-8V38a8 8 0 0 1 8-8Z" />
      <rect fill="var(--art-cream)" x="78" y="58" width="44" height="46" rx="4" />
      <path fill="var(--art-water)" d="M100 66c8 11 11 16 11 21a11 11 0 0 1-22 0c0-5 3-10 11-21Z" />
      <rect fill="var(--art-clay)" x="128" y="30" width="6" height="132" />
      <path fill="var(--art-light)" d="M84 126a5 5 0 1 1 10 0 5 5 0 0 1-10 0ZM108 140a4 4 0 1 1 8 0 4 4 0 0 1-8 0ZM112 118a3 3 0 1 1 6 0 3 3 0 0 1-6 0Z" />
    </g>`,
};

/** The drawing of a product. */
export function illustration(productId: string): TemplateResult {
  return html`<svg class="art" viewBox="0 0 200 200" fill="none" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${drawings[productId]}</svg>`;
}

/** The head of the catalogue: many small streams that become one. */
export const streams: TemplateResult = html`
  <svg class="streams" viewBox="0 0 640 220" fill="none" stroke-linecap="round" preserveAspectRatio="xMaxYMid slice" aria-hidden="true" focusable="false">
    <path d="M-20 30C90 10 130 80 220 78S340 112 420 112 560 96 680 108" />
    <path d="M-20 84C70 60 150 120 240 104S350 118 430 118 560 108 680 116" />
    <path d="M-20 132C80 150 150 96 250 124S360 124 440 124 560 122 680 124" />
    <path d="M-20 190C90 210 160 130 260 146S370 130 446 130 560 136 680 132" />
    <path d="M60 240C120 210 190 176 280 168S380 138 452 137 560 150 680 141" />
  </svg>`;
