/** Something the person at the terminal can mend. Its message is shown without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** 2 for a command line that is wrong, 1 for everything else. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
