import type { z } from 'zod';
import type { Context, Tools } from '../context.ts';
import type { Entries } from '../names.ts';

export type Effect = 'read' | 'write';
export type Risk = 'low' | 'medium' | 'high';

interface ActionData<Name extends string, In extends z.ZodType, Out extends z.ZodType, Prepared> {
  /** `plugin.verb-noun`: the route, the tool, the command and the client's method are made from it. */
  readonly name: Name;
  readonly title: string;
  /** For whoever must choose this action: a person who reads the reference, or a model that reads a list of tools. */
  readonly description: string;
  readonly risk: Risk;
  /** One of the plugin's own `permissions`. */
  readonly permission: string;
  readonly input: In;
  readonly output: Out;
  /** The record that the action is about: locked before the handler runs, and shown to policies. `key` names the input that holds its id. */
  readonly resource?: {
    readonly table: `${string}.${string}`;
    readonly key: string;
    /** The input holds the id of a row of this table instead, which names the record in this column (its TypeScript key). */
    readonly through?: { readonly table: `${string}.${string}`; readonly column: string };
  };
  /** A friendlier route, e.g. `GET /listings/{id}`; only where caching or a public address matters. */
  readonly http?: `GET /${string}`;
  /** What takes the call back, and for how long after it. */
  readonly undo?: {
    readonly action: string;
    readonly withinSeconds: number;
    input(input: z.output<In>, output: z.output<Out>): unknown;
  };
  /**
   * Of a write that begins what a job goes on with: the read that says what became of it. Whoever waits for the write is given that answer,
   * which is of the same form (the same `output`), and waits as long as the read does.
   */
  readonly outcome?: { readonly action: string; input(output: z.input<Out>): unknown };
  /**
   * The read that answers the picture or other file of what this has made: chats show it with the answer. The `output` says `fileName`,
   * `contentType` and `size`, as a download does.
   */
  readonly shows?: { readonly action: string; input(output: z.input<Out>): unknown };
  /** Of a read that lists things: what stands for one of them, and which inputs hold its id. */
  readonly entries?: Entries;
  /** Its answer may hold text that somebody outside wrote (a document, a customer's message): a run of an agent that has read it is tainted. */
  readonly untrustedOutput?: boolean;
  /**
   * Of a write: whether the words that it stores come from outside, so that whoever reads these rows later is tainted. True: in all rows
   * that it writes; tables (`schema.table`): in those alone. Default: where somebody calls who does not work here, all of them, else none.
   */
  readonly untrustedInput?: true | readonly `${string}.${string}`[];
  /** Fields of the input that say something of a person and stand in the record: emptied with that person's data. */
  readonly personal?: readonly string[];
  /** What is said in it is for whoever calls and the person behind them: the record shows its input to nobody else, Auditors neither. */
  readonly private?: true;
  /** Default 30 s. */
  readonly timeoutMs?: number;
  /** Slow or outside work before the transaction opens; also in a dry run. */
  prepare?(tools: Tools, input: z.output<In>): Promise<Prepared>;
  /**
   * Inside the call's transaction, which may be rolled back and begun anew (docs/decisions/0014): it may run more than once in one call. So it
   * leaves nothing but what it does by `ctx`, and changes neither its input nor what was prepared.
   */
  handler(ctx: Context, input: z.output<In>, prepared: NoInfer<Prepared>): Promise<z.output<Out>>;
}

/** `consequential` (money, sending out, publishing, granting, deleting) is said on every write and never on a read. */
type Effects =
  | { readonly effect: 'read'; readonly consequential?: never }
  | { readonly effect: 'write'; readonly consequential: boolean };

export type Action<
  Name extends string = string,
  In extends z.ZodType = z.ZodType,
  Out extends z.ZodType = z.ZodType,
  Prepared = unknown,
> = ActionData<Name, In, Out, Prepared> & Effects;

/** Any action, where its types no longer matter: only the kernel calls its functions, with values that its schemas made. */
export type AnyAction = Omit<Action, 'prepare' | 'handler' | 'undo' | 'outcome' | 'shows'> & {
  readonly undo?: { readonly action: string; readonly withinSeconds: number; input(input: never, output: never): unknown };
  readonly outcome?: { readonly action: string; input(output: never): unknown };
  readonly shows?: { readonly action: string; input(output: never): unknown };
  prepare?(tools: Tools, input: never): Promise<unknown>;
  handler(ctx: Context, input: never, prepared: never): Promise<unknown>;
};

/** Declares one thing that an actor can do. All of it is data but `prepare`, `handler` and the functions called `input`. */
export function defineAction<
  const Name extends `${string}.${string}`,
  In extends z.ZodType,
  Out extends z.ZodType,
  Prepared = undefined,
>(action: Action<Name, In, Out, Prepared>): Action<Name, In, Out, Prepared> {
  return Object.freeze(action);
}
