/** Gzips what is worth it. Bytes that would not shrink, and browsers without `CompressionStream`, leave as they are. */
export async function compress(
  bytes: Uint8Array<ArrayBuffer>,
  aboveBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes.length <= aboveBytes || typeof CompressionStream === 'undefined') return bytes;
  const gzip = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  const compressed = new Uint8Array(await new Response(gzip).arrayBuffer());
  return compressed.length < bytes.length ? compressed : bytes;
}
