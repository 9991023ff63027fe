import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createLocalClient } from '../../demo/launcher/kinesis-local.ts';
import { type Pipeline, startPipeline } from '../../demo/launcher/pipeline.ts';
import { createProfile, type Profile } from './browser.ts';
import { type PageServer, startPageServer } from './page-server.ts';
import { openStreamTail, type StreamTail } from './stream-tail.ts';
import { createWitness, type Witness } from './witness.ts';

/** Everything between a page and a shard, real. One a file; a fresh browser profile for each test. */
export interface World {
  readonly pipeline: Pipeline;
  readonly tail: StreamTail;
  readonly site: PageServer;
  readonly profile: Profile;
  readonly witness: Witness;
}

/** Tests wait for what they ask for; the defaults are made for people. */
export const TEST_PACE = { flushIntervalMs: 200, retryBaseMs: 100, retryMaxMs: 1_000 };

/** Registers the hooks of a test file that needs the whole pipeline. */
export function useWorld(): World {
  const world = {} as { -readonly [Part in keyof World]: World[Part] };

  beforeAll(async () => {
    world.pipeline = await startPipeline();
    const { kinesis, relay, writeKey, stream, region } = world.pipeline;
    world.tail = await openStreamTail(createLocalClient(kinesis?.url ?? '', region), stream);
    world.site = await startPageServer({
      endpoint: relay.gate.url,
      writeKey,
      captures: ['clicks'],
      ...TEST_PACE,
    });
  });

  afterAll(async () => {
    world.tail?.close();
    await world.site?.stop();
    await world.pipeline?.stop();
  });

  beforeEach(async () => {
    world.pipeline.faults.set({ kinesis: 'ok', relay: 'ok' });
    world.witness = createWitness();
    world.profile = await createProfile(world.witness.attend);
  });

  afterEach(async () => {
    await world.profile.remove();
  });

  return world;
}
