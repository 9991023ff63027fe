import { createClient } from 'rivulet';

/** A service worker has no localStorage: who the visitor is stands in the extension's own. */
const starting = chrome.storage.local.get({ clientId: crypto.randomUUID() }).then(async (kept) => {
  await chrome.storage.local.set(kept);
  return createClient({
    endpoint: 'https://events.example.com',
    writeKey: 'shop',
    clientId: kept.clientId,
  });
});

chrome.runtime.onMessage.addListener(({ event, properties }, _sender, answer) => {
  starting.then(async (client) => {
    client.track(event, properties);
    answer(await client.flush());
  });
  // The answer comes later; until then the browser keeps the worker.
  return true;
});
