// What a place where people chat must be able to do. One loop works with all of them.
import type { Channel } from '@troupe-os/core';
import type { App } from '@troupe-os/core/surface';
import type { OutgoingFile } from '../sent-files.ts';

/** Who writes, as the channel itself knows them. */
export interface Account {
  /** The channel's id of the account, 100 letters at most: people are known by it, never by what they call themselves. */
  readonly id: string;
  /** What the account calls itself, 300 letters at most. */
  readonly label: string;
}

export interface HeardFile {
  readonly name: string;
  /** The bytes, fetched when they are asked for. Errors: channels.file_too_large. */
  open(): Promise<NodeJS.ReadableStream>;
}

interface Heard {
  /**
   * The same for a message that is heard twice: it is answered once. A press, and `/new`, `/stop`, `/link`, `/unlink`, that are heard twice are
   * done twice: tell the platform that something was heard only once `hear` has resolved.
   */
  readonly id: string;
  readonly account: Account;
  /** Where it was said: a chat, or a thread in it, in 200 letters at most. One place is one conversation for each person. */
  readonly place: string;
  /** Whether nobody else reads along there. */
  readonly isPrivate: boolean;
  /** Where this account alone is answered. */
  readonly privatePlace: string;
  /** Where this one is answered, where that is another place. */
  readonly answerIn?: string;
}

/**
 * What people say to us: nothing that bots or we ourselves wrote; of a group only commands, what names us and what answers us, without our name
 * in it. All that is handed on is answered.
 */
export interface HeardMessage extends Heard {
  readonly text: string;
  /** Somebody else wrote it, and it was only passed on: a command in it is not run. Left out, whoever wrote it gives orders as whoever passed it on. */
  readonly isForwarded?: boolean;
  readonly files: readonly HeardFile[];
}

/** A button under a message of ours. */
export interface HeardPress extends Heard {
  readonly value: string;
  /** Answers at once, to the one who has pressed; `isAlert`: so that it cannot be overlooked. */
  answer(text: string, isAlert: boolean): Promise<void>;
}

/** What is heard is heard once it is resolved; whatever is rejected is heard again. */
export interface Hear {
  message(message: HeardMessage): Promise<void>;
  press(press: HeardPress): Promise<void>;
  /** The ways to go on with a command, without its first slash, from what this account may do. */
  complete(account: Account, text: string): Promise<readonly { readonly text: string; readonly title: string }[]>;
}

/** A `value` has 52 letters at most. */
export type Button = { readonly text: string } & ({ readonly value: string } | { readonly url: string });

export interface Outgoing {
  /** As Markdown; at most as long as one of `split`. */
  readonly text: string;
  /** Goes with it, and is never edited. */
  readonly file?: OutgoingFile;
  /** Rows of buttons. */
  readonly buttons?: readonly (readonly Button[])[];
}

export interface ChannelDriver {
  readonly name: Channel;
  /** A text that is being written is shown anew no more often. */
  readonly editEveryMs: number;
  /** Begins to hear, and goes on until `stop`: what is lost on the way is tried again. It does not wait for a platform that is away. */
  start(hear: Hear): Promise<void>;
  /** Hears no more; what was heard has been handed on. */
  stop(): Promise<void>;
  /** Addresses of its own, for a channel that calls us. */
  routes?(app: App): void;
  /** A text in pieces that each fit into one message. */
  split(text: string): string[];
  /** Answers the channel's name of the message. Errors: channels.unreachable, channels.no_private_chat. */
  send(place: string, message: Outgoing): Promise<string>;
  /** Replaces all of a message: without `buttons` it has none any more. One that is gone, or says so already, is no error. */
  edit(place: string, ref: string, message: Outgoing): Promise<void>;
  /** Shows that somebody is writing, for some seconds. It never fails. */
  typing(place: string): Promise<void>;
  /** Whether nobody but an account and we are there. */
  isPrivate(place: string): boolean;
  /** Where an account is answered alone. */
  privatePlaceOf(accountId: string): string;
  /** Where somebody opens the chat with a code in hand, which stands in it as it is (pages ask with `{code}`); undefined: it is not known yet. */
  linkUrl(code: string): string | undefined;
}
