/**
 * Calls back when npm, which ran this process, has ended without a word (SIGKILL): its user believes that everything is stopped.
 * Without npm it never calls: a shell that started this and left means it to go on.
 * @param {() => void} callback
 */
export function whenOrphaned(callback) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    callback();
  }, 500);
  watch.unref();
}
