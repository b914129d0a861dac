import type { z } from 'zod';
import type { Context } from '../context.ts';

/** A fact told after commit. Events of one subject are delivered in order. */
export interface EventDefinition<S extends z.ZodType = z.ZodType> {
  readonly name: `${string}.${string}`;
  /** The id of what the event is about. */
  subject(payload: z.output<S>): string;
  readonly schema: S;
}

export type EventPayload<E> = E extends EventDefinition<infer S> ? z.output<S> : never;

/** Declares an event: `plugin.noun-past`. */
export function defineEvent<S extends z.ZodType>(event: EventDefinition<S>): EventDefinition<S> {
  return Object.freeze(event);
}

/** A handler of another plugin's (or the own) event: a call of its own, as `service:<plugin>`, at least once. */
export interface Subscription {
  readonly event: EventDefinition;
  readonly name: string;
  /** What a delivery that keeps failing does to the later ones of its subject. */
  readonly deadLetter: 'block' | 'skip';
  handler(ctx: Context, payload: never): Promise<void>;
}

/** Subscribes to an event. */
export function on<S extends z.ZodType>(
  event: EventDefinition<S>,
  subscription: { name: string; deadLetter: 'block' | 'skip'; handler(ctx: Context, payload: z.output<S>): Promise<void> },
): Subscription {
  // the payload's type is the event's, which the kernel decodes with this very schema
  return Object.freeze({ event: event as unknown as EventDefinition, ...subscription }) as Subscription;
}
