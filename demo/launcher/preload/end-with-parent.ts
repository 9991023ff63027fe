/** Loaded first by every process of the pipeline: when the launcher is gone, even killed, so is the process. */

/** A process that disconnects because it is about to end by itself keeps its own exit code. */
const GRACE_MS = 100;

process.once('disconnect', () => {
  // The group: what the process started ends with it.
  setTimeout(() => process.kill(-process.pid, 'SIGTERM'), GRACE_MS).unref();
});
