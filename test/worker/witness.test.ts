import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRelayUnderTest, SECRET, track } from './relay-under-test.ts';
import { scriptKinesis } from './scripted-kinesis.ts';
import { createWitness, witness } from './witness.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the witness of what the relay says', () => {
  test('hears every relay under test', async () => {
    scriptKinesis();
    const hearLog = vi.spyOn(witness, 'hearLog');
    const hearAnswer = vi.spyOn(witness, 'hearAnswer');
    const { sendBatch } = createRelayUnderTest();

    await sendBatch([{ events: [track()] }]);

    expect(hearLog.mock.calls.join()).toContain('"at":"batch"');
    expect(hearAnswer.mock.calls.map(([path]) => path)).toEqual(['/v1/session', '/v1/batch']);
  });

  test('knows tokens, keys, signatures, events, values and addresses', async () => {
    scriptKinesis();
    const { openSession, sendBatch } = createRelayUnderTest();
    const heard = createWitness();
    const session = await openSession();
    vi.spyOn(witness, 'hearHeaders').mockImplementation(heard.hearHeaders);
    const hearBody = vi.spyOn(witness, 'hearBody').mockImplementation(heard.hearBody);
    await sendBatch([{ events: [track({ note: 'call "me" at eleven' })] }], {
      session,
      gzip: true,
      headers: { 'cf-connecting-ip': '203.0.113.77' },
    });
    const body = hearBody.mock.calls[0]?.[0] as Uint8Array<ArrayBuffer>;
    const [head = ''] = Buffer.from(body).toString('latin1').split('\n');
    const [, token, , signature] = head.split(' ');
    heard.keepSecret('RELAY_SECRET', SECRET);

    for (const text of [token, signature, 'call \\"me\\" at eleven', '203.0.113.77', SECRET]) {
      heard.hearLog(`{"reason":"got ${text}"}`);
    }
    heard.hearLog('{"at":"batch","source":"shop"}');

    const kinds = heard.leaks().map(({ kind }) => kind);
    expect(kinds).toEqual(['token', 'signature', 'value', 'address', 'RELAY_SECRET']);
  });
});
