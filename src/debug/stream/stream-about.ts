/** What the stream says of itself: mode, retention, encryption, consumers. Asked seldom, because an account has few such calls. */

import { describeStream, type StreamSummary } from '../../consumer/describe-stream.ts';
import type { KinesisReader } from '../../consumer/options.ts';

export interface StreamAbout {
  /** Asks where it is time to. */
  readonly look: (now: number) => void;
  readonly summary: () => StreamSummary | undefined;
  readonly reset: () => void;
}

export interface AboutSource {
  readonly reader: () => KinesisReader | undefined;
  readonly stream: () => string | undefined;
  readonly onAnswer: () => void;
}

const ASK_AGAIN_MS = 60_000;

export function createStreamAbout({ reader, stream, onAnswer }: AboutSource): StreamAbout {
  let askedAt = Number.NEGATIVE_INFINITY;
  let summary: StreamSummary | undefined;
  let asking = 0;

  return {
    look: (now) => {
      const client = reader();
      const name = stream();
      if (!client || !name || now - askedAt < ASK_AGAIN_MS) return;
      askedAt = now;
      const turn = ++asking;
      describeStream(client, name).then(
        (answer) => {
          if (turn !== asking) return;
          summary = answer;
          onAnswer();
        },
        // Not everybody may ask; the shards tell what matters, and what was known stays.
        () => {},
      );
    },
    summary: () => summary,
    reset: () => {
      askedAt = Number.NEGATIVE_INFINITY;
      summary = undefined;
      asking++;
    },
  };
}

/** `on demand · kept 24 h · encrypted (KMS) · 2 fan-out consumers` */
export function describeAbout(about: StreamSummary): string {
  const { mode, retentionHours: hours, encryption, consumers, status } = about;
  return [
    status && status !== 'ACTIVE' && status.toLowerCase(),
    mode && (mode === 'ON_DEMAND' ? 'on demand' : 'provisioned'),
    hours && `kept ${hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} days`}`,
    encryption && (encryption === 'KMS' ? 'encrypted (KMS)' : 'not encrypted'),
    consumers && `${consumers} fan-out consumer${consumers > 1 ? 's' : ''}`,
  ]
    .filter(Boolean)
    .join(' · ');
}
