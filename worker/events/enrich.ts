/** What the edge knows of a batch's sender, and what of it the source wants in its records. */

import type { Properties } from '../../src/protocol/event.ts';
import { addressOf } from '../admission/address.ts';
import type { Source } from '../configuration/source.ts';
import { addressFor } from './address.ts';
import { readUserAgent } from './user-agent.ts';

/** Cloudflare's bot score: 1 is certainly automated, 99 certainly human, below 30 likely automated. */
const HUMAN_FROM_SCORE = 30;

export interface SenderContext {
  /** What the edge saw: no client can say otherwise. */
  readonly edge: Properties;
  /** What the browser says of itself in its headers: holds where the client said nothing. */
  readonly agent: Properties;
}

interface EdgePlace {
  readonly country?: string;
  readonly region?: string;
  readonly regionCode?: string;
  readonly colo?: string;
  readonly asn?: number;
  /** developers.cloudflare.com/bots/reference/bot-management-variables/#workers-variables */
  readonly botManagement?: { readonly score?: number; readonly verifiedBot?: boolean };
}

export function senderContextOf(
  request: Request,
  source: Pick<Source, 'name' | 'edge' | 'ip'>,
  secret: string,
  now: number,
): SenderContext {
  const { country, region, regionCode, colo, asn, botManagement } = placeOf(request);
  const wants = new Set(source.edge);
  const isAsked = wants.has('userAgent') || wants.has('bot');
  const agent = isAsked ? readUserAgent(request.headers.get('user-agent')) : undefined;
  const known = {
    country,
    // ISO 3166-2 where there is one; names are spelled in more than one way.
    region: regionCode ?? region,
    colo,
    asn,
    bot: agent?.isBot || isAutomated(botManagement),
  };
  const wanted = Object.entries(known).filter(
    ([name, value]) => wants.has(name as keyof typeof known) && value !== undefined,
  );
  const ip = addressFor(addressOf(request), source, secret, now);
  return {
    edge: { ...Object.fromEntries(wanted), ...(ip === undefined ? {} : { ip }) },
    agent: wants.has('userAgent') && agent ? agent.facts : {},
  };
}

/** What Cloudflare says of a request; nothing elsewhere. developers.cloudflare.com/workers/runtime-apis/request/#incomingrequestcfproperties */
export function placeOf(request: Request & { readonly cf?: EdgePlace }): EdgePlace {
  return request.cf ?? {};
}

function isAutomated({ score, verifiedBot }: NonNullable<EdgePlace['botManagement']> = {}) {
  // Where bots are not managed there is no score, or 0.
  return verifiedBot === true || (Boolean(score) && Number(score) < HUMAN_FROM_SCORE);
}
