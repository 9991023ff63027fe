/** Of the extension API what the recipe uses; an extension takes `@types/chrome`. */

declare const chrome: {
  readonly storage: {
    readonly local: {
      readonly get: <Kept>(defaults: Kept) => Promise<Kept>;
      readonly set: (kept: object) => Promise<void>;
    };
  };
  readonly runtime: {
    readonly sendMessage: (message: object) => Promise<unknown>;
    readonly onMessage: {
      readonly addListener: (
        listener: (
          message: { readonly event: string; readonly properties: Record<string, unknown> },
          sender: unknown,
          answer: (answer: unknown) => void,
        ) => boolean,
      ) => void;
    };
  };
};
