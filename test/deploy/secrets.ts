/** Secrets are no part of a deploy. One that is missing makes a relay that takes nothing, and says why at its health. */

const REQUIRED = ['RELAY_SECRET', 'RELAY_AWS_ACCESS_KEY_ID', 'RELAY_AWS_SECRET_ACCESS_KEY'];

/** `listed`: what `wrangler secret list` prints. Those that a relay does not run without. */
export function findMissingSecrets(listed: string): readonly string[] {
  const secrets: { readonly name: string }[] = JSON.parse(listed);
  const names = new Set(secrets.map(({ name }) => name));
  return REQUIRED.filter((name) => !names.has(name));
}
