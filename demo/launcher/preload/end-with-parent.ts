/** Loaded first by every process of the pipeline: when the launcher is gone, even killed, so is the process. */
import { rmSync } from 'node:fs';

/** A process that disconnects because it is about to end by itself keeps its own exit code. */
const GRACE_MS = 100;

process.once('disconnect', () => {
  setTimeout(() => {
    // What the launcher would have deleted: there are secrets in it.
    const folder = process.env.LAUNCHER_TEMPORARY_FOLDER;
    if (folder) rmSync(folder, { recursive: true, force: true });
    // The group: what the process started ends with it.
    process.kill(-process.pid, 'SIGTERM');
  }, GRACE_MS).unref();
});
