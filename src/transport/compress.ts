/** Gzips what is worth it. Bytes that would not shrink, and browsers without `CompressionStream`, leave as they are. */
export async function compress(
  bytes: Uint8Array<ArrayBuffer>,
  aboveBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes.length <= aboveBytes || typeof CompressionStream === 'undefined') return bytes;
  const gzip = new CompressionStream('gzip');
  const writer = gzip.writable.getWriter();
  // Their outcome is the reader's: a failure there is the one that is heard.
  writer.write(bytes).catch(ignore);
  writer.close().catch(ignore);
  const compressed = new Uint8Array(await new Response(gzip.readable).arrayBuffer());
  return compressed.length < bytes.length ? compressed : bytes;
}

function ignore(): void {}
