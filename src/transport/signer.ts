import { decodeBase64url, encodeBase64url } from '../protocol/base64url.ts';
import { signedBytes } from '../protocol/batch.ts';
import { type HmacKey, importHmacKey, signHmac } from '../protocol/hmac.ts';

/** Vouches for a payload: the signature as base64url, or `-` where nothing can sign. */
export type Signer = (
  key: string,
  sentAt: number,
  payload: Uint8Array<ArrayBuffer>,
) => Promise<string>;

/** Signs with WebCrypto, which a page on plain http does not have. A key is imported once. */
export function createSigner(subtle: SubtleCrypto | undefined): Signer {
  let imported: { readonly key: string; readonly hmac: HmacKey } | undefined;

  return async function sign(key, sentAt, payload) {
    const bytes = decodeBase64url(key);
    if (!subtle || !bytes) return '-';
    if (imported?.key !== key) imported = { key, hmac: await importHmacKey(subtle, bytes) };
    return encodeBase64url(await signHmac(subtle, imported.hmac, signedBytes(sentAt, payload)));
  };
}
