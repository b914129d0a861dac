import type { Plugin } from './plugin.ts';

/** A command-line verb of a plugin or surface, e.g. `troupe chat`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** One line, e.g. `chat [--agent NAME]`. */
  readonly usage: string;
  /** What `--help` prints instead of the one line. */
  readonly help?: string;
  /** It talks for a while: a server is started in the background when none runs. Else the house is opened for the one command. */
  readonly needsServer?: boolean;
  /** Answers the exit code: 0 done, 2 an unknown flag or an input that the schema refuses, 1 everything else. */
  run(words: readonly string[], door: Door, installed: Installed): Promise<number>;
}

/** The plugins of the installation, each with what the environment says of the variables that it declares. */
export type Installed = readonly { readonly plugin: Plugin; readonly settings: Readonly<Record<string, string | undefined>> }[];

/** The way into the house that a command is given: a running server, or the same app in this process. */
export interface Door {
  /** Where the server listens; undefined when there is none. */
  readonly url: string | undefined;
  /** The local operator's key. */
  readonly token: string;
  /** Asks as the local operator. `path` begins with `/`. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}
