/** Signature Version 4, checked as the service does: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { KinesisError } from './errors.ts';

const MAX_SKEW_MS = 5 * 60_000;

export interface FakeCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SignedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Throws the service's error when the request is not signed with these credentials, now. */
export function verifySignature(
  request: SignedRequest,
  credentials: FakeCredentials,
  region: string,
  now: number,
): void {
  const { headers } = request;
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (!parts)
    throw new KinesisError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const [, accessKeyId, day, signedRegion, service, signedHeaders, signature] =
    parts as unknown as string[];
  if (
    accessKeyId !== credentials.accessKeyId ||
    headers['x-amz-security-token'] !== credentials.sessionToken
  ) {
    throw new KinesisError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
  }
  const date = headers['x-amz-date'] ?? '';
  checkDate(date, now);
  if (signedRegion !== region || service !== 'kinesis' || !date.startsWith(day ?? '-')) {
    throw mismatch(`Credential should be scoped to a valid region, not '${signedRegion}'.`);
  }
  const names = (signedHeaders ?? '').split(';');
  for (const required of ['host', 'x-amz-date']) {
    if (!names.includes(required))
      throw mismatch(`'${required}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
  const scope = `${day}/${signedRegion}/${service}/aws4_request`;
  const stringToSign = [
    'AWS4-HMAC-SHA256',
    date,
    scope,
    sha256(canonicalRequest(request, names)),
  ].join('\n');
  const key = [day, signedRegion, service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part ?? ''),
    `AWS4${credentials.secretAccessKey}`,
  );
  if (!timingSafeEqual(hmac(key, stringToSign), Buffer.from(signature ?? '', 'hex'))) {
    throw mismatch(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}

function canonicalRequest(
  { method, path, headers, body }: SignedRequest,
  names: readonly string[],
): string {
  const url = new URL(path, 'http://host');
  const query = [...url.searchParams]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join('&');
  // Every service but S3 encodes the path a second time.
  const canonicalPath = url.pathname.split('/').map(encodeURIComponent).join('/');
  const lines = names.map(
    (name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`,
  );
  return [method, canonicalPath, query, lines.join(''), names.join(';'), sha256(body)].join('\n');
}

function checkDate(date: string, now: number): void {
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const skewMs = Date.parse(iso) - now;
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return;
  throw mismatch(
    skewMs < 0
      ? `Signature expired: ${date} is now earlier than ${amzDate(now - MAX_SKEW_MS)} (${amzDate(now)} - 5 min.)`
      : `Signature not yet current: ${date} is still later than ${amzDate(now + MAX_SKEW_MS)} (${amzDate(now)} + 5 min.)`,
  );
}

function amzDate(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function mismatch(message: string): KinesisError {
  return new KinesisError('InvalidSignatureException', message);
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
