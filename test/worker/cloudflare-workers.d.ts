/** What the tests use of it; the platform's own types would come with a second DOM. */
declare module 'cloudflare:workers' {
  export const env: Readonly<Record<string, unknown>>;
}
