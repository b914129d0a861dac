// Letters to people. With a mail server they are sent; without one they land in a folder of the house.

export interface Letter {
  /** Of the sender's own making: a letter that is sent twice keeps its id, so that it can be recognised. Letters, digits and hyphens. */
  readonly id: string;
  /** One e-mail address. */
  readonly to: string;
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
}

export interface Mail {
  /** Errors: core.mail_refused (this letter will never be taken), core.mail_unavailable (try again). */
  send(letter: Letter): Promise<void>;
  close(): Promise<void>;
}
