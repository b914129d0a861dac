import type { z } from 'zod';
import type { Context, Db } from '../context.ts';

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

/** An event as whoever hears all of them is told of it; the payload in wire form. */
export interface ToldEvent {
  readonly eventId: string;
  readonly name: string;
  readonly subject: string;
  readonly payload: unknown;
}

/** A handler of every event that the plugins here declare: delivered as to any other subscription. */
export interface AnySubscription {
  readonly name: string;
  readonly deadLetter: 'block' | 'skip';
  /** Asked before each delivery, outside a call: where it answers false, there is nothing to do and nothing is recorded. */
  isWanted(db: Db, event: ToldEvent): Promise<boolean>;
  handler(ctx: Context, event: ToldEvent): Promise<void>;
}

/** Subscribes to all events, for what is decided at run time: which of them matter. */
export function onAny(subscription: AnySubscription): AnySubscription {
  return Object.freeze(subscription);
}
