/** What a form of this page was answered, as its section shows it. */
export interface Answer {
  readonly problem?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly done?: string;
  /** How an account in a chat is linked. */
  readonly chat?: { readonly channel: string; readonly code: string; readonly url?: string | undefined };
}
