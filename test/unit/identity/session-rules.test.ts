import { describe, expect, test } from 'vitest';
import { atMidnight, onCampaign } from '../../../src/identity/session-rules.ts';

const pageAt = (search: string): Window => ({ location: { search } }) as unknown as Window;

describe('midnight', () => {
  test("divides days by the device's own time zone", () => {
    const rule = atMidnight();
    const at = (...time: [number, number, number, number, number]): string =>
      rule({ now: new Date(...time).getTime(), page: undefined, last: undefined });

    const evening = at(2026, 10, 20, 23, 59);

    expect(evening).not.toBe('');
    expect(at(2026, 10, 20, 0, 0)).toBe(evening);
    expect(at(2026, 10, 21, 0, 0)).not.toBe(evening);
    expect(at(2026, 11, 20, 23, 59)).not.toBe(evening);
    expect(at(2027, 10, 20, 23, 59)).not.toBe(evening);
  });
});

describe('a campaign', () => {
  const ask = (rule: ReturnType<typeof onCampaign>, search?: string, last?: string): string =>
    rule({ now: 0, page: search === undefined ? undefined : pageAt(search), last });

  test('is what the address says of it, told once', () => {
    const rule = onCampaign();

    expect(ask(rule, '?q=boots&utm_campaign=autumn&utm_source=letter&gclid=7')).toBe(
      'utm_source=letter&utm_campaign=autumn',
    );
    expect(ask(rule, '?utm_source=letter&utm_campaign=autumn')).toBe('');
  });

  test('is told anew when another one came between', () => {
    const rule = onCampaign();

    expect(ask(rule, '?utm_source=a')).toBe('utm_source=a');
    expect(ask(rule, '?utm_source=b')).toBe('utm_source=b');
    expect(ask(rule, '?utm_source=a')).toBe('utm_source=a');
  });

  test.each([
    ['without one', ''],
    ['with other parameters', '?q=utm_source'],
  ])('is nothing on an address %s', (_, search) => {
    expect(ask(onCampaign(), search)).toBe('');
  });

  test('is nothing where there is no page', () => {
    expect(ask(onCampaign())).toBe('');
  });

  test('is made of the parameters that are named', () => {
    const rule = onCampaign({ parameters: ['gclid', 'ref'] });

    expect(ask(rule, '?utm_source=letter&ref=x&gclid=7')).toBe('gclid=7&ref=x');
  });

  test('takes no more room than 200 characters', () => {
    expect(ask(onCampaign(), `?utm_source=${'x'.repeat(9000)}`)).toHaveLength(200);
  });
});
