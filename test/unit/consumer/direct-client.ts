import type { KinesisReader } from '../../../src/consumer/options.ts';
import type { FakeKinesis } from '../../helpers/fake-kinesis/index.ts';

interface WireRecord {
  readonly Data: string;
  readonly ApproximateArrivalTimestamp: number;
}

/** The fake without the SDK and its wire, for tests of many thousand calls. Faults are not asked for. */
export function directClient(fake: FakeKinesis): KinesisReader {
  const send = async (command: {
    readonly constructor: { readonly name: string };
    readonly input: Readonly<Record<string, unknown>>;
  }): Promise<unknown> => {
    const operation = command.constructor.name.replace(/Command$/, '');
    const { Timestamp, ...input } = command.input;
    try {
      const answer = fake.call(operation, {
        ...input,
        ...(Timestamp instanceof Date && { Timestamp: Timestamp.getTime() / 1000 }),
      }) as { readonly Records?: readonly WireRecord[] };
      return { ...answer, ...(answer.Records && { Records: answer.Records.map(parsed) }) };
    } catch (thrown) {
      // The SDK names its errors by their type.
      const { type, message } = thrown as Error & { readonly type?: string };
      if (type === undefined) throw thrown;
      throw Object.assign(new Error(message), { name: type });
    }
  };
  return { send } as unknown as KinesisReader;
}

function parsed(record: WireRecord): object {
  return {
    ...record,
    Data: Buffer.from(record.Data, 'base64'),
    ApproximateArrivalTimestamp: new Date(record.ApproximateArrivalTimestamp * 1000),
  };
}
