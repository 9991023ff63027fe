/** A page that somebody works on, with the live view as a bubble in its corner. */
import './overlay.css';
import { render } from 'lit';
import { clicks, forms, pageViews } from 'rivulet/capture';
import { connect, readPipeline } from '../page/connection.ts';
import { liveView } from '../page/live-view.ts';

const pipeline = await readPipeline();
const status = document.querySelector('[role=status]');
const say = (text: string): void => {
  if (status) status.textContent = text;
};
const connection = pipeline && connect(pipeline, [pageViews(), clicks(), forms()]);
if (connection) render(liveView(connection, 'bubble'), document.body);
else say('This copy of the page stands alone: npm start gives it a stream.');
document.querySelector('form')?.addEventListener('submit', (event) => {
  event.preventDefault();
  connection?.client.track('Boat Asked About');
  if (connection) say('Asked. The bubble counted it.');
});
