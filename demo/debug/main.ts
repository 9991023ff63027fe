/** The live view as a page of its own: another tab of the shop's origin, which shares its queue and captures nothing. */
import './debug.css';
import { html, render } from 'lit';
import { connect, readPipeline } from '../page/connection.ts';
import { liveView } from '../page/live-view.ts';
import { standingAlone } from '../page/standing-alone.ts';

const pipeline = await readPipeline();
const main = document.querySelector('main');
if (main) render(html`${pipeline ? liveView(connect(pipeline)) : standingAlone}`, main);
