/** base64url without padding (RFC 4648, section 5), by the platform's own `btoa` and `atob`. */

/** Of ids, codes and tokens: no more bytes than a call takes arguments. */
export function encodeBase64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/** The bytes, or `undefined` when the text is not base64url. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    );
  } catch {
    // A length of 4n+1 is the one thing the pattern lets through and `atob` does not.
    return undefined;
  }
}
