/** Something the person at the terminal can mend. Its message is shown without a stack. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}
