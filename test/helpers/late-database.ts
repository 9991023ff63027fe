/** A factory that refuses to open, until it is told to be there. */
export function createLateFactory(factory: IDBFactory | undefined): {
  readonly indexedDB: IDBFactory;
  readonly arrive: () => void;
} {
  let isThere = false;
  return {
    indexedDB: {
      open(...args: Parameters<IDBFactory['open']>) {
        if (!isThere || !factory) throw new DOMException('not now', 'UnknownError');
        return factory.open(...args);
      },
    } as IDBFactory,
    arrive() {
      isThere = true;
    },
  };
}
