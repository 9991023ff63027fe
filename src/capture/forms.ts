import type { Properties } from '../protocol/event.ts';
import { isIgnored, nearest, ownProperties, SECRET } from './element.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

/** What a person has done with a form until it is sent or given up. */
interface Draft {
  readonly startedAt: number;
  readonly fields: Set<string>;
  readonly invalidFields: Set<string>;
  lastField?: string | undefined;
  /** When a script took the values out of the form, and nothing was written since: then it has sent them, or will. */
  readAt?: number | undefined;
}

/** A submission that the page may still refuse. */
interface Submission {
  readonly settle: () => void;
  readonly cancel: () => void;
  isInvalid: boolean;
}

type Listener = (form: HTMLElement, path: readonly EventTarget[], event: Event) => void;

const FORM = 'form,[data-rivulet-form]';
const MAX_FIELDS = 50;

/**
 * Captures `Form Started` with the first input, or the first try to send; `Form Submitted`; and `Form Abandoned` where a
 * started form goes away, or its page, before it is sent. Each has the form's `id`, `name`, `action` and `data-rivulet-*`
 * attributes; the last two also which `fields` were touched, the `lastField` and the `invalidFields`, all by their names,
 * and `durationMs` since the start. Never a value, nor the name of a field for a password, a one-time code or a card, nor of
 * one inside `[data-private]`.
 *
 * A submission that the page catches, marking a field as invalid, is none. Of fields without a form the element around them
 * has `data-rivulet-form`, and what sends them `data-rivulet-submit`. A form's `data-rivulet-event` names its submission.
 */
export function forms(): CaptureSource {
  return { name: 'forms', start: watchForms };
}

function watchForms({ window, track, write, scrub, runtime }: CaptureHost): () => void {
  const { document } = window;
  const drafts = new Map<HTMLElement, Draft>();
  const submissions = new Map<HTMLElement, Submission>();
  /** Whether the last thing done was a click, or the Enter that clicks a button, and not an input. */
  let isPressed = false;

  // Watches only while there is something to give up.
  const removals = new window.MutationObserver(() => {
    for (const form of drafts.keys()) if (!form.isConnected) end(form);
  });

  function draftOf(form: HTMLElement): Draft {
    const known = drafts.get(form);
    if (known) return known;
    const startedAt = runtime.monotonic();
    const draft: Draft = { startedAt, fields: new Set(), invalidFields: new Set() };
    drafts.set(form, draft);
    const root = form.getRootNode();
    removals.observe(root, { childList: true, subtree: true });
    // These events do not leave a shadow tree.
    if (root !== document) listen(root, ends);
    track('Form Started', describe(form));
    return draft;
  }

  function describe(form: HTMLElement): Properties {
    // Never `form.action`: that is the control where one is named so.
    const told = (name: string): string | undefined => form.getAttribute(name) || undefined;
    const action = told('action');
    return {
      id: told('id'),
      name: told('name'),
      action: action && scrub(action),
      ...ownProperties(form),
    };
  }

  function finish(form: HTMLElement, event: string): void {
    const draft = drafts.get(form);
    drafts.delete(form);
    if (drafts.size === 0) removals.disconnect();
    track(event, {
      ...describe(form),
      ...(draft && {
        fields: [...draft.fields],
        lastField: draft.lastField,
        invalidFields: draft.invalidFields.size > 0 ? [...draft.invalidFields] : undefined,
        durationMs: Math.round((draft.readAt ?? runtime.monotonic()) - draft.startedAt),
      }),
    });
    write();
  }

  function submit(form: HTMLElement): void {
    finish(form, form.dataset.rivuletEvent || 'Form Submitted');
  }

  /** It is gone, or its page. */
  function end(form: HTMLElement): void {
    const submission = submissions.get(form);
    if (submission) submission.settle();
    else if (drafts.get(form)?.readAt !== undefined) submit(form);
    else if (drafts.has(form)) finish(form, 'Form Abandoned');
  }

  function onInput(form: HTMLElement, path: readonly EventTarget[]): void {
    const draft = draftOf(form);
    const name = nameOf(path);
    isPressed = false;
    draft.readAt = undefined;
    draft.lastField = name;
    if (name && draft.fields.size < MAX_FIELDS) draft.fields.add(name);
  }

  function onClick(form: HTMLElement, path: readonly EventTarget[]): void {
    isPressed = true;
    const sender = nearest(path, '[data-rivulet-submit]') as Partial<HTMLButtonElement> | undefined;
    // That one says so itself.
    if (sender && !(sender.form && sender.type === 'submit')) submit(form);
  }

  function onInvalid(form: HTMLElement, path: readonly EventTarget[]): void {
    const submission = submissions.get(form);
    // Many a page asks the whole form with each key, to show its button or not.
    if (!isPressed && !submission) return;
    if (submission) submission.isInvalid = true;
    noteInvalid(form, path);
  }

  function noteInvalid(form: HTMLElement, path: readonly EventTarget[]): void {
    const { invalidFields } = draftOf(form);
    const name = nameOf(path);
    if (name) invalidFields.add(name);
  }

  function onSubmit(form: HTMLElement, _: unknown, event: Event): void {
    if (submissions.has(form)) return;
    const submission: Submission = {
      isInvalid: false,
      // The page's own listeners come after this one.
      cancel: runtime.delay(() => submission.settle(), 0),
      settle() {
        submission.cancel();
        submissions.delete(form);
        const marked = form.isConnected ? [...form.querySelectorAll('[aria-invalid=true]')] : [];
        if (!event.defaultPrevented || !(submission.isInvalid || marked[0])) return submit(form);
        for (const field of marked) noteInvalid(form, [field]);
      },
    };
    submissions.set(form, submission);
  }

  function onFormData(form: HTMLElement): void {
    const draft = drafts.get(form);
    if (draft) draft.readAt = runtime.monotonic();
  }

  function guarded(listener: Listener): (event: Event) => void {
    return (event) => {
      const path = event.composedPath();
      const [target] = path as [Partial<HTMLInputElement>];
      const form = nearest(path, FORM) ?? target.form;
      if (form && !isIgnored(path)) listener(form as HTMLElement, path, event);
    };
  }

  const stopping = new AbortController();
  const setting = { capture: true, passive: true, signal: stopping.signal };
  // Each function once: a root that has it does not take it again.
  const changes = { input: guarded(onInput), click: guarded(onClick) };
  const ends = {
    invalid: guarded(onInvalid),
    submit: guarded(onSubmit),
    formdata: guarded(onFormData),
  };

  function listen(root: Node, listeners: Readonly<Record<string, (event: Event) => void>>): void {
    for (const [type, listener] of Object.entries(listeners)) {
      root.addEventListener(type, listener, setting);
    }
  }

  listen(document, { ...changes, ...ends });
  window.addEventListener(
    'pagehide',
    () => {
      for (const form of [...submissions.keys(), ...drafts.keys()]) end(form);
    },
    setting,
  );
  return () => {
    stopping.abort();
    removals.disconnect();
    for (const { cancel } of submissions.values()) cancel();
  };
}

/** The field's own name, unless it is a secret. */
function nameOf(path: readonly EventTarget[]): string | undefined {
  const [field] = path as [Element];
  if (nearest(path, SECRET) || field.closest(SECRET)) return undefined;
  return field.getAttribute('name') || field.id || undefined;
}
