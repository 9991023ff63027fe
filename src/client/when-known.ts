/** Puts off what needs to be known first, in its order; from then on nothing. Without `ready` it is known already. */
export function createWhenKnown(ready: Promise<unknown> | undefined): (step: () => void) => void {
  let steps: (() => void)[] | undefined = ready && [];
  ready?.then(() => {
    const due = steps ?? [];
    steps = undefined;
    for (const step of due) step();
  });
  return (step) => {
    if (steps) steps.push(step);
    else step();
  };
}
