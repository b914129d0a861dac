import type { Context } from '../context.ts';

/** A typed service that one plugin offers to others inside a transaction. */
export interface Port<T extends object = object> {
  /** The id of the plugin that provides it. */
  readonly plugin: string;
  readonly methods: readonly string[];
  /** Never there at run time: it carries the type. */
  readonly type?: T;
}

export interface PortProvider {
  readonly port: Port;
  bind(ctx: Context): object;
}

/** Declares a port, in a contract: whose it is, and the names of its methods. */
export function definePort<T extends object>(plugin: string, methods: readonly (keyof T & string)[]): Port<T> {
  return Object.freeze({ plugin, methods });
}

/** Offers a port, bound to the moment: the consumer passes no transaction, so it cannot pass a wrong one. */
export function provide<T extends object>(port: Port<T>, bind: (ctx: Context) => T): PortProvider {
  return Object.freeze({ port, bind });
}
