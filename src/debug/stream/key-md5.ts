import SparkMd5 from 'spark-md5';

/** MD5 of a partition key's bytes, which says where the key lies. */
export function keyMd5(bytes: Uint8Array): Uint8Array {
  // It reads whatever `new Uint8Array(…)` takes; its types know of ArrayBuffer only.
  const digest = SparkMd5.ArrayBuffer.hash(bytes as unknown as ArrayBuffer, true);
  return Uint8Array.from(digest, (character) => character.charCodeAt(0));
}
