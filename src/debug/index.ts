/** Entry `rivulet/debug`: importing it makes `<rivulet-debug>` known to the page. */
import { RivuletDebug } from './rivulet-debug.ts';

// A page may load two copies; the first one stays.
if (!customElements.get('rivulet-debug')) customElements.define('rivulet-debug', RivuletDebug);

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-debug': RivuletDebug;
  }
}

export { RivuletDebug };
