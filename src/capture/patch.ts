/**
 * Puts a function of ours in the place of a method. The answer puts the method back, unless somebody else has wrapped ours
 * since: then it stays in their way, and has to pass on what it gets.
 */
export function patch<Owner extends object, Name extends keyof Owner>(
  owner: Owner,
  name: Name,
  around: (original: Owner[Name]) => Owner[Name],
): () => void {
  const original = owner[name];
  const wasOwn = Object.hasOwn(owner, name);
  const patched = around(original);
  owner[name] = patched;
  return () => {
    if (owner[name] !== patched) return;
    if (wasOwn) owner[name] = original;
    // The prototype's shows through again.
    else Reflect.deleteProperty(owner, name);
  };
}
