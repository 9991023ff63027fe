import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readAwsCredentials } from '../../demo/launcher/aws-credentials.ts';
import { parseCommandLine } from '../../demo/launcher/command-line.ts';
import { resolvePort } from '../../demo/launcher/ports.ts';

describe('flags', () => {
  it('are all optional', () => {
    expect(parseCommandLine([])).toMatchObject({ aws: false, help: false, port: undefined });
  });

  it('are read with their values', () => {
    const args = ['--port', '6000', '--relay-port=6001', '--kinesis-port', '6002', '--shards', '2'];

    expect(parseCommandLine(args)).toMatchObject({
      port: 6000,
      relayPort: 6001,
      kinesisPort: 6002,
      shards: 2,
    });
  });

  it.each([
    [['--porrt', '1'], "Unknown option '--porrt'"],
    [['extra'], "Unexpected argument 'extra'"],
    [['--port', 'x'], '--port: expected a whole number from 1 to 65535, got x'],
    [['--port', '65536'], '--port: expected a whole number from 1 to 65535, got 65536'],
    [['--shards', '0'], '--shards: expected a whole number from 1 to 200, got 0'],
    [['--aws'], '--aws: expected --stream NAME and --region REGION with it'],
    [['--aws', '--stream', 's', '--region', 'r', '--shards', '2'], '--aws: expected no'],
  ])('refuses %j', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});

describe('a port', () => {
  let taken: Server;
  const take = async (): Promise<number> => {
    taken = createServer();
    await new Promise<void>((listening) => taken.listen(0, '127.0.0.1', listening));
    return (taken.address() as { port: number }).port;
  };
  afterEach(() => void taken.close());

  it('that is busy is replaced by a free one when nobody asked for it', async () => {
    const preferred = await take();

    const port = await resolvePort({ flag: '--port', asked: undefined, preferred });

    expect(port).toBeGreaterThan(0);
    expect(port).not.toBe(preferred);
  });

  it('that is busy is refused by its flag when it was asked for', async () => {
    const asked = await take();

    await expect(resolvePort({ flag: '--port', asked, preferred: 1 })).rejects.toThrow(
      `--port: expected a free port, got ${asked}, which is in use`,
    );
  });
});

describe('keys for --aws', () => {
  const withFile = async <T>(text: string, use: (file: string) => Promise<T>): Promise<T> => {
    const folder = await mkdtemp(join(tmpdir(), 'rivulet-vars-'));
    await writeFile(join(folder, '.dev.vars'), text);
    return use(join(folder, '.dev.vars')).finally(() => rm(folder, { recursive: true }));
  };

  it('come from the file', async () => {
    const text = 'RELAY_AWS_ACCESS_KEY_ID=id\nRELAY_AWS_SECRET_ACCESS_KEY="se/cr+et="\n';

    const credentials = await withFile(text, readAwsCredentials);

    expect(credentials).toEqual({ accessKeyId: 'id', secretAccessKey: 'se/cr+et=' });
  });

  it('may be temporary', async () => {
    const text =
      'RELAY_AWS_ACCESS_KEY_ID=id\nRELAY_AWS_SECRET_ACCESS_KEY=s\nRELAY_AWS_SESSION_TOKEN=t\n';

    const credentials = await withFile(text, readAwsCredentials);

    expect(credentials.sessionToken).toBe('t');
  });

  it('are named when they are missing, whatever the shell holds', async () => {
    const text = 'RELAY_AWS_ACCESS_KEY_ID=id\nAWS_SECRET_ACCESS_KEY=other\n';

    await expect(withFile(text, readAwsCredentials)).rejects.toThrow(
      '--aws: expected RELAY_AWS_SECRET_ACCESS_KEY in ',
    );
  });

  it('are both named when there is no file', async () => {
    await expect(readAwsCredentials('/nowhere/.dev.vars')).rejects.toThrow(
      '--aws: expected RELAY_AWS_ACCESS_KEY_ID and RELAY_AWS_SECRET_ACCESS_KEY in /nowhere/.dev.vars',
    );
  });
});
