/**
 * Entry of the script tag: creates the client as `window.rivulet` from the tag's own attributes.
 *
 *     <script async src="rivulet.js" data-endpoint="https://events.example.com" data-write-key="shop" data-capture="pages clicks"></script>
 */

import * as sources from './capture/index.ts';
import { startTag } from './script/start-tag.ts';
import type { SourceFactory } from './script/tag.ts';

export type { RivuletGlobal } from './script/start-tag.ts';

startTag(Object.values(sources) as SourceFactory[]);
