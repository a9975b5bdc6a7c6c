/** One thing that `krt install --check` looked at. */
export interface Finding {
  /** `note`: not as krt would have it, but nothing that keeps krt from working. `hidden`: this user may not see it. */
  readonly level: 'ok' | 'note' | 'hidden' | 'wrong';
  /** In plain words. */
  readonly what: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** It is as it should be. */
export const ok = (what: string): Finding => ({ level: 'ok', what });
/** Worth knowing. */
export const note = (what: string, hint?: string): Finding => ({ level: 'note', what, ...(hint && { hint }) });
/** It may be well or not. */
export const hidden = (what: string): Finding => ({ level: 'hidden', what });
/** It keeps krt, or a part of it, from working. */
export const wrong = (what: string, hint?: string): Finding => ({ level: 'wrong', what, ...(hint && { hint }) });
