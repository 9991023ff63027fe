/** Written as every bundler wants it; `vite.config.ts` names the file that the package ships. */
export function startWorker(): Worker {
  return new Worker(new URL('./sql-worker.ts', import.meta.url), { type: 'module' });
}
