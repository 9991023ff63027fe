import { describe, expect, it, vi } from 'vitest';
import type { ClientStats } from '../../../../src/client/types.ts';
import { tapClient } from '../../../../src/debug/page/client-tap.ts';
import { createScriptedClient } from '../../../helpers/scripted-client.ts';

const LANE = 'k3f9aL0qXw';
const logged = { lane: LANE, first: 1, count: 1, at: 0 };

/** A client whose account waits for the test to give it. */
function slowClient() {
  const client = createScriptedClient(LANE);
  const answers: ((stats: ClientStats) => void)[] = [];
  const read = client.stats;
  const slow = {
    ...client,
    stats: () => new Promise<ClientStats>((resolve) => answers.push(resolve)),
  };
  return { client: slow, answers, answer: async () => answers.shift()?.(await read()) };
}

describe('what listens to the client', () => {
  it('asks once more for what happened while the client was counting', async () => {
    const { client, answers, answer } = slowClient();
    const onChange = vi.fn();
    const tap = tapClient({ client, now: () => 0, onChange });

    client.tell('logged', logged);
    client.tell('logged', logged);
    expect(answers).toHaveLength(1);
    client.setStats({ captured: 2 });
    await answer();
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    client.setStats({ captured: 3 });
    await answer();
    await vi.waitFor(() => expect(tap.stats()?.captured).toBe(3));

    expect(answers).toHaveLength(0);
    expect(onChange).toHaveBeenCalledTimes(2);
  });

  it('says so when a request leaves', () => {
    const { client } = slowClient();
    const onChange = vi.fn();
    const tap = tapClient({ client, now: () => 0, onChange });

    client.tell('sending', { ranges: [logged], bytes: 9, wireBytes: 9, attempt: 1, at: 0 });

    expect(onChange).toHaveBeenCalledTimes(1);
    expect(tap.deliveries.sending()).toBeDefined();
  });

  it('goes on with the last account where the client gives none', async () => {
    const client = createScriptedClient(LANE);
    const broken = vi.spyOn(client, 'stats');
    const tap = tapClient({ client, now: () => 0, onChange: () => {} });
    await vi.waitFor(() => expect(tap.stats()).toBeDefined());
    broken.mockRejectedValueOnce(new Error('gone'));
    client.setStats({ captured: 9 });

    tap.refresh();
    await vi.waitFor(() => expect(broken).toHaveBeenCalledTimes(2));
    tap.refresh();

    await vi.waitFor(() => expect(tap.stats()?.captured).toBe(9));
  });

  it('hears nothing after it is closed', async () => {
    const { client, answer } = slowClient();
    const onChange = vi.fn();
    const tap = tapClient({ client, now: () => 0, onChange });

    tap.close();
    await answer();

    expect(client.listeners()).toBe(0);
    expect(onChange).not.toHaveBeenCalled();
  });
});
