import type { SessionRule } from '../client/types.ts';

/** Of what is kept of a campaign: it has to differ from the last one, and no more. */
const MAX_CAMPAIGN_LENGTH = 200;

/** A new session begins with each day, by the device's own clock and time zone: `sessionRules: [atMidnight()]`. */
export function atMidnight(): SessionRule {
  return ({ now }) => new Date(now).toDateString();
}

export interface CampaignOptions {
  /**
   * The parameters of the page's query that make a campaign. An advertiser's click id, such as `gclid`, is another one for
   * each click.
   * @default ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content', 'utm_id']
   */
  readonly parameters?: readonly string[];
}

/**
 * A new session begins where the address brings another campaign than the visitor's last one: `sessionRules: [onCampaign()]`.
 * An address without a campaign changes nothing, and each page load brings its own once: two tabs that came by two
 * campaigns do not take the session from each other.
 */
export function onCampaign({
  parameters = [
    ...['utm_source', 'utm_medium', 'utm_campaign'],
    ...['utm_term', 'utm_content', 'utm_id'],
  ],
}: CampaignOptions = {}): SessionRule {
  let told = '';

  return ({ page }) => {
    const query = new URLSearchParams(page?.location.search);
    const campaign = `${new URLSearchParams(
      parameters.flatMap((name) => query.getAll(name).map((value) => [name, value])),
    )}`.slice(0, MAX_CAMPAIGN_LENGTH);
    if (campaign === told) return '';
    told = campaign;
    return campaign;
  };
}
