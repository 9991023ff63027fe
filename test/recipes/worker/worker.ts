import { createClient } from 'rivulet';

addEventListener('message', ({ data: { clientId } }) => {
  // The page's log, so that what the worker leaves behind is sent by the next page.
  const client = createClient({
    endpoint: 'https://events.example.com',
    writeKey: 'shop',
    clientId,
  });
  client.track('Image Resized', { width: 640 });
});
