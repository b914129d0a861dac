// The W3C header that carries a trace from one place to the next (Trace Context, level 1: https://www.w3.org/TR/trace-context/).
import { randomUUID } from 'node:crypto';

export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits: the span that caused this. */
  readonly spanId: string;
  /** Whether somebody upstream records the trace. */
  readonly sampled: boolean;
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads a `traceparent`; whatever is not one is undefined, for a trace then simply begins here. A later version is read as far as this one goes. */
export function parseTraceParent(text: string | undefined): TraceParent | undefined {
  const [, version = 'ff', traceId = '', spanId = '', flags = '', rest] = form.exec(text ?? '') ?? [];
  if (version === 'ff' || (version === '00' && rest !== undefined) || isZero(traceId) || isZero(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** `00-<trace id>-<span id>-01` */
export function formatTraceParent({ traceId, spanId, sampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** 122 random bits; node keeps random UUIDs in store, which makes them ten times as quick as random bytes. */
export const newTraceId = (): string => randomUUID().replaceAll('-', '');

/** 60 random bits. */
export const newSpanId = (): string => newTraceId().slice(0, 16);

const isZero = (id: string): boolean => /^0*$/.test(id);
