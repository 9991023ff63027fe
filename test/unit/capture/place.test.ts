import { describe, expect, test } from 'vitest';
import { placeOf } from '../../../src/capture/place.ts';
import { createTestHost } from '../../helpers/capture-host.ts';
import { createTestPage } from '../../helpers/test-page.ts';

const host = createTestHost(createTestPage('https://shop.test/').window);

describe('what is told of a page that the document has left', () => {
  test.each([
    ['https://shop.test/boots/blue?sku=7&utm_source=mail#reviews', '/boots/blue'],
    ['https://shop.test', '/'],
    ['file:///home/ada/notes.html', ''],
  ])('has the path of %s as %j', (href, path) => {
    expect(placeOf(host, href, 'Boots').path).toBe(path);
  });

  test('holds nothing of an address that may not be told', () => {
    const place = JSON.stringify(placeOf(host, 'file:///home/ada/notes.html?token=7#me', 'Notes'));

    expect(place).not.toMatch(/ada|token|me/);
  });
});
