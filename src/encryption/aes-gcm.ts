import { encodeBase64url } from '../protocol/base64url.ts';
import { joinBytes } from '../protocol/bytes.ts';
import { createSealedLog } from '../queue/sealed-log.ts';
import type { Cipher, LogCipher, SegmentLog } from '../queue/types.ts';

const ALGORITHM = 'AES-GCM';
const CURRENT = 'cipher key';

/** Before each ciphertext, in ASCII: which key it is under. As many random bytes make no two alike. */
const ID_LENGTH = 11;
const ID_BYTES = 8;

/**
 * NIST SP 800-38D, section 8.2.2: 96 random bits, drawn anew for every segment, and section 8.3: for 2^32 segments under one
 * key at most, which is ten a second for 13 years.
 */
const IV_BYTES = 12;

/**
 * Encrypts what waits on disk: AES-GCM with a key of 256 bits that lives beside the log and that no script can read. Lanes,
 * numbers, priorities, times and sizes stay readable.
 *
 * Where the platform has no WebCrypto, as on plain http, nothing is written at all: events wait in memory, and an `error`
 * with the code `storage_unavailable` says so.
 *
 * @example
 * createClient({ endpoint: 'https://events.example.com', writeKey: 'shop', cipher: aesGcm() });
 */
export function aesGcm(): LogCipher {
  return (log, setting) => createSealedLog(log, createCipher(log, setting.subtle), setting);
}

interface NamedKey {
  readonly id: string;
  readonly key: CryptoKey;
}

async function createCipher(
  log: Pick<SegmentLog, 'exchange'>,
  subtle: SubtleCrypto | undefined,
): Promise<Cipher> {
  if (!subtle) throw new TypeError('no WebCrypto');
  const nameOf = (id: string): string => `${CURRENT} ${id}`;

  async function find(id: unknown): Promise<NamedKey | undefined> {
    const key = (await log.exchange(nameOf(`${id}`), (kept) => kept)) as
      | CryptoKey
      | null
      | undefined;
    // Any script of the origin may have written there.
    return key?.algorithm?.name === ALGORITHM ? { id: `${id}`, key } : undefined;
  }

  async function create(from: SubtleCrypto): Promise<NamedKey> {
    const id = encodeBase64url(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
    const parameters = { name: ALGORITHM, length: 256 };
    const key = await from.generateKey(parameters, false, ['encrypt', 'decrypt']);
    await log.exchange(nameOf(id), () => key);
    await log.exchange(CURRENT, () => id);
    return { id, key };
  }

  // Each key stands under a name of its own: where two pages make one at a time, or a database comes late that has one
  // already, all can be found by what is sealed with them.
  const own = (await find(await log.exchange(CURRENT, (kept) => kept))) ?? (await create(subtle));
  const known = new Map([[own.id, own.key]]);

  return {
    async seal(plain) {
      // Not the runtime's coin: an IV that comes twice gives both texts away.
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const sealed = await subtle.encrypt({ name: ALGORITHM, iv }, own.key, plain);
      return joinBytes(own.id, iv, new Uint8Array(sealed));
    },
    async open(sealed) {
      const id = new TextDecoder().decode(sealed.subarray(0, ID_LENGTH));
      const key = known.get(id) ?? (await find(id))?.key;
      if (!key) throw new TypeError('none');
      known.set(id, key);
      const start = ID_LENGTH + IV_BYTES;
      const iv = sealed.subarray(ID_LENGTH, start);
      return new Uint8Array(
        await subtle.decrypt({ name: ALGORITHM, iv }, key, sealed.subarray(start)),
      );
    },
    async keep() {
      // It is there, if it was before.
      await log.exchange(nameOf(own.id), (kept) => kept ?? own.key).catch(() => {});
    },
  };
}
