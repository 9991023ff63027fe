/** Channels between the tabs of one test: who listens hears after the turn in which it was said, and never itself. */
export function createChannels(): (name: string) => BroadcastChannel {
  const open = new Set<{
    readonly name: string;
    onmessage: ((event: { data: unknown }) => void) | null;
  }>();
  return (name) => {
    const channel = {
      name,
      onmessage: null as ((event: { data: unknown }) => void) | null,
      postMessage(data: unknown) {
        if (!open.has(channel)) throw new DOMException('closed', 'InvalidStateError');
        for (const other of open) {
          if (other === channel || other.name !== name) continue;
          Promise.resolve().then(() => other.onmessage?.({ data }));
        }
      },
      close: () => open.delete(channel),
    };
    open.add(channel);
    return channel as unknown as BroadcastChannel;
  };
}
